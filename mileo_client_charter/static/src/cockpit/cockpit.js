/** @odoo-module */
// The pages of the cockpit: several readings side by side, each figure leading to its rows. What is shown is
// computed by charter.cockpit on the server, in one call; nothing is counted here.
import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { startGuidedTour } from "./guided_tour";

class CharterRows extends Component {
    static template = "mileo_client_charter.CockpitRows";
    static props = { block: Object, open: Function, step: Function };
}

class CharterTable extends Component {
    static template = "mileo_client_charter.CockpitTable";
    static props = { table: Object, open: Function };
}

export class CharterCockpit extends Component {
    static template = "mileo_client_charter.Cockpit";
    static components = { Layout, CharterRows, CharterTable };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.data = useState({ page: this.props.state?.page, pages: [], figures: [], blocks: [], quick: [], day: "" });
        // Coming back by the breadcrumb shows the page one left.
        useSetupAction({ getLocalState: () => ({ page: this.data.page }) });
        this.open = (action) => this.action.doAction(action);
        // What keeps a promise, asked for on the spot; the page is read again once it is done.
        this.step = ({ name, resModel, resId }) =>
            this.action.doActionButton({
                type: "object", name, resModel, resId, context: user.context,
                onClose: () => this.load(this.data.page),
            });
        this.guide = () => startGuidedTour(this.env);
        onWillStart(() => this.load(this.data.page));
    }

    async load(page) {
        Object.assign(this.data, await this.orm.call("charter.cockpit", "charter_page", [page || false]));
    }
}

registry.category("actions").add("charter_cockpit", CharterCockpit);
