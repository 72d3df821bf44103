/** @odoo-module */
// Days of the roles in French, as their guides tell them: each part is a numbered step of a guide, by its key, with the words that the guide
// quotes. tests/test_guides.py holds the two lists together. What a person clicks names its task; the test counts them.
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const counted = {};
const click = (task, trigger, options = {}) => ({
    content: task,
    trigger,
    ...options,
    run: async (actions) => {
        counted[task] = (counted[task] || 0) + 1;
        await actions.click();
    },
});
const type = (trigger, text) => ({ trigger, run: `edit ${text}` });
const see = (trigger, content = trigger) => ({ content, trigger });
const field = (name, inside = "input") => `.o_field_widget[name='${name}'] ${inside}`;
const noDialog = see("body:not(:has(.modal))");
const clicks = { content: "the clicks are told", trigger: "body", run: () => console.log("clicks: " + JSON.stringify(counted)) };

/** A numbered step of a guide: its key, what the guide quotes there, and how it is done; each word is on the screen or clicked. */
const guided = (key, words, ...given) => {
    const steps = given.flat();
    for (const word of words) {
        if (!steps.some((step) => step.trigger.includes(`'${word}'`))) {
            throw new Error(`${key}: no step sees or clicks “${word}”`);
        }
    }
    return steps.map((step, place) => (place ? step : { ...step, content: `${key}: ${step.content || step.trigger}` }));
};

/** Through the menu bar: [external id, its words], one or two. */
const menu = (task, ...path) =>
    path.map(([name, words], place) =>
        click(task, `${place ? ".o-dropdown--menu" : ".o_menu_sections"} [data-menu-xmlid='mileo_client_charter.menu_charter_${name}']:contains('${words}')`)
    );
const choose = (task, name, words) => [
    type(field(name), words),
    click(task, `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a:contains('${words}')`),
];
const today = see(".o_charter_figures[data-page]", "Today is open");
const start = see(".o_menu_sections [data-menu-xmlid='mileo_client_charter.menu_charter_cockpit']:contains('Aujourd’hui')");
const said = see(".o_notification:contains('one@alpine.example.com')", "it says to whom it went");
const bar = see(
    ".o_menu_sections:has([data-menu-xmlid='mileo_client_charter.menu_charter_config']):not(:has(.o_menu_sections_more))",
    "a bar of 1366 pixels holds every menu in French: none is behind a plus"
);

tours.add("charter_day_thomas", {
    steps: () => [
        ...guided(
            "incident.new",
            ["Interventions", "Interventions", "Nouveau"],
            menu("new intervention", ["intervention", "Interventions"], ["intervention_list", "Interventions"]),
            click("new intervention", ".o_control_panel button:contains('Nouveau')"),
            type(field("name"), "La caméra du quai est noire"),
            choose("new intervention", "partner_id", "Alpine"),
            click("new intervention", ".o_form_button_save:enabled"),
            see(field("reference", "") + ":contains('INT/')")
        ),
        ...guided(
            "incident.respond",
            ["Prise en charge"],
            click("respond, pause, resume", "button[name='action_respond']:contains('Prise en charge')"),
            see(".o_form_view:not(:has(button[name='action_respond']))")
        ),
        ...guided(
            "incident.pause",
            ["Pause"],
            click("respond, pause, resume", "button[name='action_ask_pause']:contains('Pause')"),
            type(".modal " + field("reason"), "En attente d’une pièce"),
            click("respond, pause, resume", ".modal button[name='action_confirm']"),
            noDialog
        ),
        ...guided(
            "incident.resume",
            ["Reprendre"],
            click("respond, pause, resume", "button[name='action_ask_resume']:contains('Reprendre')"),
            click("respond, pause, resume", ".modal button[name='action_confirm']"),
            noDialog
        ),
        ...guided(
            "incident.close",
            ["Clôturer maintenant", "Clôturer à…"],
            see("button[name='action_ask_close']:contains('Clôturer à…')"),
            click("close", "button[name='action_ask_close_now']:contains('Clôturer maintenant')"),
            see(".modal " + field("asked", "") + ":contains('Alpine one')", "it says who will be asked"),
            { trigger: ".modal " + field("work_done", ".odoo-editor-editable"), run: "editor La caméra est remplacée." },
            click("close", ".modal button[name='action_confirm']"),
            noDialog,
            see(".o_arrow_button_current:contains('Clôturée')")
        ),
        ...guided(
            "advice.open",
            ["Rapports", "Rapports d’activité", "Recommandations"],
            menu("recommendation", ["report_root", "Rapports"], ["report", "Rapports d’activité"]),
            click("recommendation", ".o_data_row:contains('Alpine') td[name='partner_id']"),
            see(".nav-link.active:contains('Recommandations')")
        ),
        ...guided(
            "advice.write",
            [],
            click("recommendation", field("recommendation_ids", ".o_field_x2many_list_row_add a")),
            type(".modal " + field("name"), "Remplacer l’enregistreur"),
            type(".modal " + field("advice", "textarea"), "Il n’est plus suivi depuis juin."),
            type(".modal " + field("benefit", "textarea"), "Les images sont gardées 30 jours."),
            click("recommendation", ".modal .o_form_button_save"),
            see(field("recommendation_ids", ".o_data_row:contains('Remplacer')"))
        ),
        ...guided(
            "advice.done",
            ["Recommandations rédigées"],
            click("recommendation", "button[name='action_written']:contains('Recommandations rédigées')"),
            see("button[name='action_review']")
        ),
        clicks,
    ],
});

tours.add("charter_day_claire", {
    steps: () => [
        bar,
        ...guided(
            "callback.call",
            ["Aujourd’hui"],
            start,
            see(".o_charter_phone[href='tel:+33600000001']", "the number is beside what is to be called")
        ),
        ...guided(
            "callback.attempt",
            ["Consigner le rappel", "Sans réponse, message laissé"],
            click("attempt", "[data-step='action_ask_callback']:contains('Consigner le rappel')"),
            see(".modal .modal-title:contains('Consigner le rappel')", "the dialog is in French"),
            see(".modal " + field("reached", "label:contains('Sans réponse, message laissé')")),
            click("attempt", ".modal " + field("reached", "input[data-value='message']")),
            click("attempt", ".modal button[name='action_confirm']"),
            noDialog
        ),
        ...guided(
            "callback.record",
            ["Consigner le rappel"],
            click("call back", "[data-step='action_ask_callback']:contains('Consigner le rappel')"),
            see(".modal " + field("call_log", "") + ":contains('message laissé')"),
            type(".modal " + field("understanding", "textarea"), "Personne n'est venu le jour convenu."),
            type(".modal " + field("no_action_reason"), "Le technicien est passé depuis."),
            click("call back", ".modal " + field("apology", "input[data-value='made']")),
            click("call back", ".modal button[name='action_confirm']")
        ),
        ...guided(
            "callback.outcome",
            ["Envoyer au client"],
            see(".modal " + field("language", "")),
            click("outcome", ".modal button[name='action_send']:contains('Envoyer au client')"),
            said,
            noDialog
        ),
        ...guided(
            "direct.open",
            ["Aujourd’hui", "Un client signale un problème"],
            start,
            click("direct report", "[data-quick='report']:contains('Un client signale un problème')")
        ),
        ...guided(
            "direct.record",
            [],
            choose("direct report", "partner_id", "Alpine"),
            type(field("comment", "textarea"), "La caméra est en panne depuis une semaine."),
            click("direct report", ".o_form_button_save"),
            see(".o_statusbar_status:has(.o_arrow_button_current:contains('rappeler'))")
        ),
        ...guided(
            "report.open",
            ["Aujourd’hui", "Rapports à relire et à envoyer", "Imprimer"],
            click("report", ".o_menu_sections [data-menu-xmlid='mileo_client_charter.menu_charter_cockpit']:contains('Aujourd’hui')"),
            see("[data-block='reports']:contains('Rapports à relire et à envoyer')"),
            click("report", "[data-block='reports'] .o_charter_row:contains('Alpine')"),
            see("button[name='action_print']:contains('Imprimer')")
        ),
        ...guided(
            "report.approve",
            ["Validé"],
            type(field("introduction", "textarea"), "Un mois calme, et une chose à prévoir."),
            click("report", "button[name='action_review']:contains('Validé')"),
            see(".o_arrow_button_current:contains('Validé')")
        ),
        ...guided(
            "report.send",
            ["Envoyer"],
            click("report", "button[name='action_send']:contains('Envoyer')"),
            see(".o_arrow_button_current:contains('Envoyé')")
        ),
        ...guided(
            "absence.new",
            ["Clients", "Absences", "Nouveau"],
            menu("absence", ["client_root", "Clients"], ["absence", "Absences"]),
            click("absence", ".o_control_panel button:contains('Nouveau')"),
            see(field("user_id", "input:value(t_manager)"))
        ),
        ...guided(
            "absence.save",
            [],
            click("absence", ".o_form_button_save:enabled"),
            see(field("stand_in_id", "input:value(t_deputy)"), "a substitute is proposed")
        ),
        click("search", ".o_breadcrumb a:contains('Absences')"),
        type(".o_searchview_input", "personne de ce nom"),
        { trigger: ".o_searchview_input", run: "press Enter" },
        see(".o_view_nocontent:contains('Rien ne correspond à la recherche')", "an empty search says that it is one"),
        clicks,
    ],
});

const answer = (words) => [
    { trigger: ".modal " + field("body", ".odoo-editor-editable"), run: `editor ${words}` },
    click("escalation", ".modal button[name='action_send']"),
    said,
    noDialog,
];
const mine = (key) =>
    guided(
        key,
        ["Aujourd’hui", "Escalades sans réponse"],
        start,
        see("[data-block='escalations']:contains('Escalades sans réponse')"),
        click("escalation", "[data-block='escalations'] .o_charter_row:contains('Alpine')")
    );

tours.add("charter_day_olivier", {
    steps: () => [
        bar,
        ...mine("escalation.open"),
        ...guided("escalation.read", [], see(field("description", "") + ":contains('Nobody answers')"), see(field("phone_to_call", "a[href^='tel:']"))),
        ...guided(
            "escalation.answer",
            ["Répondre au client"],
            click("escalation", "button[name='action_ask_answer']:contains('Répondre au client')"),
            answer("Nous avons remplacé la caméra ce matin.")
        ),
        ...guided(
            "escalation.settle",
            ["Le client accepte"],
            click("accepted by phone", "button[name='action_ask_resolve']:contains('Le client accepte')"),
            see(".modal label:contains('Comment vous savez que le client accepte')"),
            type(".modal " + field("text", "textarea"), "Alice Martin l’a dit au téléphone ce matin."),
            click("accepted by phone", ".modal button[name='action_confirm']"),
            noDialog,
            see(".o_arrow_button_current:contains('Résolue')")
        ),
        clicks,
    ],
});

// On a telephone of 390 pixels: what one does while walking, without a word or a button beyond its edge.
const within = {
    content: "nothing is wider than the telephone",
    trigger: "body",
    run: () => {
        if (document.documentElement.scrollWidth > window.innerWidth + 2) {
            throw new Error(`${document.documentElement.scrollWidth} pixels in ${window.innerWidth}`);
        }
    },
};

tours.add("charter_phone_claire", {
    steps: () => [
        today,
        within,
        see(".o_charter_phone[href^='tel:']", "a touch calls"),
        click("phone", "[data-block='due'] .o_charter_line_of:has(.o_charter_phone) .o_charter_row:contains('Alpine')"),
        see(field("comment", "") + ":contains('Nobody came')"),
        within,
    ],
});

tours.add("charter_phone_thomas", {
    steps: () => [
        click("phone", ".o_kanban_record:contains('Portail bloqué')"),
        within,
        click("phone", "button[name='action_respond']"),
        see(".o_form_view:not(:has(button[name='action_respond']))"),
    ],
});

tours.add("charter_phone_olivier", {
    steps: () => [
        within,
        click("phone", ".o_kanban_record:contains('No answer')"),
        within,
        click("phone", "button[name='action_ask_answer']"),
        { trigger: ".modal " + field("body", ".odoo-editor-editable"), run: "editor Nous avons remplacé la caméra ce matin." },
        click("phone", ".modal button[name='action_send']"),
        noDialog,
        see(".o_form_view:not(:has(button[name='action_ask_answer']))"),
    ],
});

// An advisory that somebody drops on the list, as the technical contact's guide tells it; the document is made up, of the shape authorities publish.
const ADVISORY = {
    document: {
        category: "csaf_security_advisory", csaf_version: "2.0", title: "Command injection in Acme cameras", lang: "en",
        publisher: { category: "vendor", name: "Acme", namespace: "https://www.example.com" }, distribution: { tlp: { label: "CLEAR" } },
        notes: [{ category: "summary", text: "Somebody on the network can run commands." }],
        tracking: {
            id: "ACME-2026-1", status: "final", version: "1", revision_history: [],
            initial_release_date: "2026-01-05T08:00:00Z", current_release_date: "2026-01-05T08:00:00Z",
        },
    },
    product_tree: {
        branches: [{ category: "vendor", name: "Acme", branches: [{ category: "product_name", name: "DOME-100", branches: [
            { category: "product_version_range", name: "< V2.0", product: { name: "DOME-100", product_id: "A" } }] }] }],
    },
    vulnerabilities: [{
        cve: "CVE-2026-10001", product_status: { known_affected: ["A"] },
        scores: [{ cvss_v3: { vectorString: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }, products: ["A"] }],
        remediations: [{ category: "vendor_fix", details: "Install V2.0.", product_ids: ["A"] }],
    }],
};
/** Files that come over the page, and are let go over the zone that appears. */
const dragged = (type, names) => {
    const files = new DataTransfer();
    for (const [name, text] of Object.entries(names)) {
        files.items.add(new File([text], name, { type: "application/json" }));
    }
    return new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true });
};
// The empty one comes first: Odoo's own upload stops there.
const dropped = { "vide.json": "", "acme.json": JSON.stringify(ADVISORY), "photo.json": "no advisory" };
const concerned = (device, name) => `.o_field_widget[name='concern_ids'] .o_data_row:contains('${device}') ${name}`;

tours.add("charter_day_vigilance", {
    steps: () => [
        ...guided(
            "vigilance.open",
            ["Renouvellements", "Avis de sécurité"],
            menu("advisory", ["year_root", "Renouvellements"], ["advisory", "Avis de sécurité"]),
            see(".o_last_breadcrumb_item:contains('Avis de sécurité')")
        ),
        ...guided(
            "vigilance.drop",
            ["Importer des avis", "Les ouvrir"],
            see(".o_control_panel button:contains('Importer des avis')"),
            { content: "files come over the list", trigger: ".o_list_renderer", run: ({ anchor }) => anchor.dispatchEvent(dragged("dragenter", dropped)) },
            { trigger: ".o-Dropzone", run: ({ anchor }) => anchor.dispatchEvent(dragged("drop", dropped)) },
            see(".modal .o_data_row:contains('vide.json'):contains('Refusé') td[name='message']:contains('vide')"),
            see(".modal .o_data_row:contains('photo.json') td[name='outcome']:contains('Refusé')"),
            see(".modal .o_data_row:contains('acme.json') td[name='outcome']:contains('Nouveau')"),
            click("advisory", ".modal button[name='action_advisories']:contains('Les ouvrir')"),
            noDialog
        ),
        ...guided(
            "vigilance.preview",
            ["Concerné", "À vérifier", "Non concerné", "Clients et appareils"],
            click("advisory", ".o_data_row:contains('ACME-2026-1') td[name='name']"),
            see("button[name='action_concerns']:contains('Concerné'):contains('1')"),
            see("button[name='action_concerns']:contains('À vérifier'):contains('1')"),
            see("button[name='action_concerns']:contains('Non concerné'):contains('1')"),
            see(".nav-link.active:contains('Clients et appareils')"),
            see(concerned("Dôme 1", "td[name='why']:contains('V1.4')"))
        ),
        ...guided(
            "vigilance.look",
            ["À vérifier", "Concerné", "Non concerné", "Constat"],
            see(concerned("Dôme 2", "td[name='answer']:contains('À vérifier')")),
            see(concerned("Dôme 2", "button[name='action_affected']:contains('Concerné')")),
            click("advisory", concerned("Dôme 2", "button[name='action_not_affected']:contains('Non concerné')")),
            see(".modal .modal-title:contains('Constat')"),
            type(".modal " + field("why"), "Son étiquette indique V2.1"),
            click("advisory", ".modal button[name='action_save']"),
            noDialog,
            see(concerned("Dôme 2", "td[name='answer']:contains('Non concerné')"))
        ),
        ...guided(
            "vigilance.notice",
            ["Rédiger l’information"],
            click("advisory", "button[name='action_notice']:contains('Rédiger l’information')"),
            see(field("name", "input:value(Vulnérabilité)"), "its subject is in French")
        ),
        ...guided(
            "vigilance.words",
            ["L’écrire avec nos mots", "Enregistrer"],
            click("advisory", ".alert button[name='action_translate']:contains('L’écrire avec nos mots')"),
            see(".modal " + field("their_summary", "") + ":contains('Somebody on the network')"),
            type(".modal " + field("title"), "Caméras Acme à mettre à jour"),
            type(".modal " + field("summary", "textarea"), "Une faille permet de prendre la main sur la caméra."),
            type(".modal " + field("advice", "textarea"), "Nous la mettons à jour avec vous."),
            click("advisory", ".modal .modal-footer .btn-primary:contains('Enregistrer')"),
            noDialog,
            see(field("name", "input:value(Caméras Acme à mettre à jour)"), "the draft has our words"),
            see(".o_form_view:not(:has(button[name='action_translate']))")
        ),
        ...guided(
            "vigilance.tell",
            ["Informer les clients"],
            click("advisory", "button[name='action_send']:contains('Informer les clients')"),
            click("advisory", ".modal .modal-footer .btn-primary"),
            noDialog,
            see(".o_form_view:not(:has(button[name='action_send']))")
        ),
    ],
});
