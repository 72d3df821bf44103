/** @odoo-module */
// Whoever opens a new form, touches nothing and closes the page has recorded nothing. Odoo 19.0 saves the form on its way out where its
// defaults are enough: an absence nobody entered, from today until further notice.
import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";

patch(Record.prototype, {
    async _save() {
        const ours = this.resModel.startsWith("charter.");
        if (ours && this.model._urgentSave && !this.resId && !this.dirty) {
            return true;
        }
        return super._save(...arguments);
    },
});
