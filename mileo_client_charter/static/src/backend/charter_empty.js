/** @odoo-module */
// An empty list says why it is empty: its own help speaks of the list as its menu opens it, not of what somebody searched.
import { patch } from "@web/core/utils/patch";
import { ActionHelper } from "@web/views/action_helper";

patch(ActionHelper.prototype, {
    get charterSearch() {
        const { searchModel, config } = this.env;
        if (!searchModel || !config?.viewArch?.classList?.contains("o_charter")) {
            return "";
        }
        const items = searchModel.query.map((part) => searchModel.searchItems[part.searchItemId]);
        const narrowing = items.filter((item) => !["groupBy", "dateGroupBy"].includes(item.type));
        if (narrowing.some((item) => !item.isDefault)) {
            return "searched";
        }
        return narrowing.some((item) => item.name === "my_clients") ? "mine" : "";
    },
});
