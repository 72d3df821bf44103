// Sets up a fresh Uptime Kuma by its own socket: an account, the webhook of the guide, a monitor that is pushed to.
// node kuma.cjs FOLDER PORT SERIAL ODOO BODY-FILE HEADERS-FILE PUSH-TOKEN
const path = require("path");
const fs = require("fs");
const [folder, port, serial, odoo, bodyFile, headersFile, token] = process.argv.slice(2);
const { io } = require(path.join(folder, "node_modules", "socket.io-client"));
const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"] });

function ask(event, ...values) {
    return new Promise((resolve, reject) => socket.timeout(30000).emit(event, ...values, (error, answer) => {
        if (error || !answer.ok) {
            reject(new Error(`${event}: ${error || answer.msg}`));
        }
        resolve(answer);
    }));
}

socket.on("connect", async () => {
    try {
        await ask("setup", "charter", "Charter-2026-monitors");
        await ask("login", { username: "charter", password: "Charter-2026-monitors" });
        const notification = await ask("addNotification", {
            name: "Client Charter", type: "webhook", isDefault: false, applyExisting: false, webhookURL: `${odoo}/charter/api/outages`,
            webhookContentType: "custom", webhookCustomBody: fs.readFileSync(bodyFile, "utf8"),
            webhookAdditionalHeaders: fs.readFileSync(headersFile, "utf8"),
        }, null);
        await ask("add", {
            type: "push", name: "Video", description: serial, interval: 60, retryInterval: 60, resendInterval: 0, maxretries: 0,
            accepted_statuscodes: ["200-299"], pushToken: token, notificationIDList: { [notification.id]: true },
            kafkaProducerBrokers: [], kafkaProducerSaslOptions: { mechanism: "None" },
        });
        process.exit(0);
    } catch (error) {
        console.error(error.message);
        process.exit(1);
    }
});
