/** @odoo-module */
// How far a long import is: one request a part, so that none outlasts the time limit of a request.
import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

export class CharterImportProgress extends Component {
    static template = "mileo_client_charter.ImportProgress";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const { model, id, done, left } = this.props.action.params;
        this.model = model;
        this.id = id;
        this.state = useState({ done, left, stopped: false });
        onMounted(() => this.goOn());
        // What is written stays: the same file goes on with the rest.
        onWillUnmount(() => (this.closed = true));
    }

    get total() {
        return this.state.done + this.state.left;
    }

    get words() {
        return _t(
            "%(done)s of %(total)s rows are written. What is written stays if you close this window; import the same file again to go on.",
            { done: this.state.done, total: this.total },
        );
    }

    async goOn() {
        this.state.stopped = false;
        try {
            while (!this.closed) {
                const part = await this.orm.call(this.model, "write_part", [[this.id]]);
                Object.assign(this.state, { done: part.done, left: part.left });
                if (part.next) {
                    return this.closed || (await this.action.doAction(part.next));
                }
            }
        } catch (error) {
            this.state.stopped = true;
            throw error;
        }
    }
}

registry.category("actions").add("charter_import_progress", CharterImportProgress);
