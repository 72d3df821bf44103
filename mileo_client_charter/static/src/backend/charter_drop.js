/** @odoo-module */
// Files of advisories dropped on their list are imported at once; what became of each is shown as the wizard shows it.
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { registry } from "@web/core/registry";
import { useFileUploader } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

const IMPORT = "charter.advisory.import";
// Of one file, as the import has it (tools/advisory.py): a larger one is not uploaded.
const MAX_BYTES = 10 * 1024 * 1024;

export class CharterDropRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
        this.upload = useFileUploader();
        useDropzone(this.rootRef, (ev) => this.onDropFiles([...ev.dataTransfer.files]));
    }

    async onDropFiles(dropped) {
        // Odoo's upload stops at an empty file, whatever comes with it: such a file is not sent, and is named with the others.
        const isUsable = (file) => file.size && file.size <= MAX_BYTES;
        const files = dropped.filter(isUsable);
        const left_out = dropped.filter((file) => !isUsable(file)).map((file) => [file.name, file.size]);
        const params = { csrf_token: odoo.csrf_token, ufile: files, model: IMPORT, id: 0 };
        const taken = files.length ? await this.upload("/web/binary/upload_attachment", params) : [];
        if (taken && (taken.length || left_out.length)) {
            const ids = await this.orm.create(IMPORT, [{ file_ids: [[6, 0, taken.map((one) => one.id)]], left_out }]);
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
