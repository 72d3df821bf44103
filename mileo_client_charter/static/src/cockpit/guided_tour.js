/** @odoo-module */
// A guided tour for a newcomer: started from the cockpit or the menu, never by itself.
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const TODAY = ".o_menu_sections [data-menu-xmlid='mileo_client_charter.menu_charter_cockpit']";
const CLIENTS = ".o_menu_sections [data-menu-xmlid='mileo_client_charter.menu_charter_client_root']";

registry.category("web_tour.tours").add("charter_newcomer", {
    url: "/odoo/charter-today",
    steps: () => [
        {
            trigger: ".o_charter_figures [data-figure]:first-child",
            content: _t("What counts today, in figures. Each one leads to its rows: click the first."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_last_breadcrumb_item",
        },
        {
            trigger: ".breadcrumb-item.o_back_button a",
            content: _t("These are the rows it was counted on. Come back this way."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: "[data-block]",
        },
        {
            trigger: CLIENTS,
            content: _t("Your clients, their contacts, absences and deliveries are here."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='mileo_client_charter.menu_charter_health']",
            content: _t("How each client is doing, and why."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: ".o_last_breadcrumb_item:contains('" + _t("Client health") + "')",
        },
        {
            trigger: TODAY,
            content: _t("That is the daily round. Start each morning here."),
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});

/** Show the way round: no other application's tour follows. */
export async function startGuidedTour(env) {
    await env.services.tour_service.startTour("charter_newcomer", { mode: "manual", redirect: false });
    await env.services.orm.call("res.users", "switch_tour_enabled", [false]);
}

registry.category("actions").add("charter_guided_tour", async (env) => {
    await env.services.action.doAction("mileo_client_charter.action_charter_cockpit", { clearBreadcrumbs: true });
    await startGuidedTour(env);
});
