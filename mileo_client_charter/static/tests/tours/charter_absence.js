import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

const absences = [
    stepUtils.showAppsMenuItem(),
    { trigger: ".o_app[data-menu-xmlid='mileo_client_charter.menu_charter_root']", run: "click" },
    { trigger: ".o_menu_sections [data-menu-xmlid='mileo_client_charter.menu_charter_client_root']", run: "click" },
    { trigger: ".o-dropdown--menu [data-menu-xmlid='mileo_client_charter.menu_charter_absence']", run: "click" },
];

tours.add("charter_manager_goes_on_leave", {
    url: "/odoo",
    steps: () => [
        ...absences,
        { content: "a new absence, from today on", trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name='user_id'] input:value(t_manager)" },
        ...stepUtils.saveForm(),
        {
            content: "a substitute is proposed",
            trigger: ".o_form_view .o_field_widget[name='stand_in_id'] input:value(t_deputy)",
        },
        { content: "the client will be told", trigger: ".o_field_widget[name='handover_ids'] .o_data_row:contains('Alpine'):contains('t_deputy')" },
    ],
});

tours.add("charter_client_sees_the_stand_in", {
    url: "/my/charter",
    steps: () => [
        { trigger: "section:contains('Your contacts') li:contains('t_deputy'):contains('Substitute of t_manager')" },
        { trigger: "a[href='/my/charter/contacts']", run: "click", expectUnloadPage: true },
        { content: "the sheet says how to escalate", trigger: ".charter-levels:contains('24 hours')" },
        { trigger: ".breadcrumb a[href='/my/charter']", run: "click", expectUnloadPage: true },
        { trigger: "a[href='/my/charter/documents']", run: "click", expectUnloadPage: true },
        {
            content: "her own copy, not her colleague's",
            trigger: "li:contains('to Alpine one') a[href^='/my/charter/document/']:contains('Who answers while t_manager is away')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "button:contains('I have received this')", run: "click", expectUnloadPage: true },
        { trigger: ".charter-notice:contains('You confirmed receipt')" },
    ],
});

tours.add("charter_manager_comes_back", {
    url: "/odoo",
    steps: () => [
        ...absences,
        { trigger: ".o_data_row:contains('t_deputy') td[name='date_from']", run: "click" },
        { trigger: "button[name='action_back_today']", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Absence cancelled')" },
    ],
});
