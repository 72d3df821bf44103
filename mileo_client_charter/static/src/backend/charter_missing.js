/** @odoo-module */
// “Missing required fields” of Odoo 19.0 names none of them: on a form of ours, or where what is missing is ours, the message does.
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";

patch(Record.prototype, {
    _displayInvalidFieldNotification() {
        const names = [...this._invalidFields];
        const ours = this.resModel.startsWith("charter.") || names.some((name) => name.startsWith("charter_"));
        if (!ours || !names.length) {
            return super._displayInvalidFieldNotification(...arguments);
        }
        const labels = names.map((name) => this.fields[name].string).join(", ");
        return this.model.notification.add(_t("To complete: %s", labels), { type: "danger" });
    },
});
