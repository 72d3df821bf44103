/** @odoo-module */
// Files of advisories dropped on their list are imported at once; what became of each is shown as the wizard shows it.
import { _t } from "@web/core/l10n/translation";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { registry } from "@web/core/registry";
import { useFileUploader } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

const IMPORT = "charter.advisory.import";
// Of one file, as the import has it (tools/advisory.py): a larger one is refused before it is uploaded.
const MAX_BYTES = 10 * 1024 * 1024;

export class CharterDropRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.upload = useFileUploader();
        useDropzone(this.rootRef, (ev) => this.onDropFiles([...ev.dataTransfer.files]));
    }

    // Odoo's upload stops at an empty file, whatever comes with it.
    usable(files) {
        const refuse = (words) => this.notification.add(words, { type: "danger", sticky: true });
        return files.filter((file) => {
            if (!file.size) {
                refuse(_t("%s: the file is empty. The others are imported.", file.name));
            } else if (file.size > MAX_BYTES) {
                refuse(_t("%s: it is larger than 10 MB; no advisory is. The others are imported.", file.name));
            }
            return file.size && file.size <= MAX_BYTES;
        });
    }

    async onDropFiles(dropped) {
        const files = this.usable(dropped);
        const params = { csrf_token: odoo.csrf_token, ufile: files, model: IMPORT, id: 0 };
        const taken = files.length && (await this.upload("/web/binary/upload_attachment", params));
        if (taken) {
            const ids = await this.orm.create(IMPORT, [{ file_ids: [[6, 0, taken.map((one) => one.id)]] }]);
            const action = await this.orm.call(IMPORT, "action_import", [ids]);
            // “Open them” leaves this list for another one: a list that is left is never done with loading.
            const onClose = (closing) => {
                if (!closing?.noReload) {
                    this.props.list.load();
                }
            };
            await this.action.doAction(action, { onClose });
        }
    }
}

registry.category("views").add("charter_drop_list", { ...listView, Renderer: CharterDropRenderer });
