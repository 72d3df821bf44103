/** @odoo-module */
// What stands above the list of seals: what they prove, what they do not, and how the last verification ended.
import { onWillStart } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

export class CharterProofRenderer extends ListRenderer {
    static template = "mileo_client_charter.ProofRenderer";

    setup() {
        super.setup();
        const orm = useService("orm");
        onWillStart(async () => {
            this.standing = await orm.call("charter.seal", "charter_standing", []);
        });
    }
}

registry.category("views").add("charter_proof", { ...listView, Renderer: CharterProofRenderer });
