import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

const app = (name) => [
    stepUtils.showAppsMenuItem(),
    {
        content: `open the app (${name})`,
        trigger: ".o_app[data-menu-xmlid='mileo_client_charter.menu_charter_root']",
        run: "click",
    },
];

const menu = (xmlid) => ({
    trigger: `.o_menu_sections [data-menu-xmlid='mileo_client_charter.${xmlid}']`,
    run: "click",
});

const submenu = (xmlid, entry) => [
    menu(xmlid),
    { trigger: `.o-dropdown--menu [data-menu-xmlid='mileo_client_charter.${entry}']`, run: "click" },
];

/** The wizard that writes to the client: some words, then send. */
const send = (words) => [
    { content: "the mail is written to the client", trigger: ".modal .o_field_widget[name='contact_id']:contains('Alpine one')" },
    { trigger: ".modal .o_field_widget[name='body'] .odoo-editor-editable", run: `editor ${words}` },
    { trigger: ".modal footer button[name='action_send']", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

tours.add("charter_operations_sees_it_late", {
    url: "/odoo",
    steps: () => [
        ...app("operations"),
        {
            content: "a bar of 1366 pixels holds every menu: none is behind a plus",
            trigger: ".o_menu_sections:has([data-menu-xmlid='mileo_client_charter.menu_charter_config']):not(:has(.o_menu_sections_more))",
        },
        ...submenu("menu_charter_commitment_root", "menu_charter_ledger"),
        {
            content: "the ledger says how late the call is",
            trigger: ".o_data_row:contains('Alpine'):contains('We call you back'):contains('late by'):contains('Late')",
        },
    ],
});

tours.add("charter_manager_calls_back", {
    url: "/odoo",
    steps: () => [
        ...app("account manager"),
        ...submenu("menu_charter_commitment_root", "menu_charter_mine"),
        {
            content: "my promises, the late one with its countdown",
            trigger: ".o_data_row:contains('We call you back'):contains('late by') button[name='action_open_origin']",
            run: "click",
        },
        { content: "what the client said", trigger: ".o_form_view .o_field_widget[name='comment']:contains('Nobody came')" },
        { trigger: "button[name='action_ask_callback']", run: "click" },
        { trigger: ".modal .o_field_widget[name='understanding'] textarea", run: "edit The camera was out for nine days." },
        { trigger: ".modal .o_field_widget[name='apology'] input[data-value='made']", run: "click" },
        { trigger: ".modal .o_field_widget[name='action_ids'] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_field_widget[name='action_ids'] .o_selected_row [name='name'] input", run: "edit Spare camera in stock" },
        { trigger: ".modal footer button[name='action_confirm']", run: "click" },
        { content: "the call is recorded; the mail that tells the outcome starts from what was agreed", trigger: ".modal .o_field_widget[name='body'] .odoo-editor-editable:contains('Spare camera in stock')" },
        { trigger: ".modal footer button[name='action_send']", run: "click" },
        { content: "the client is told", trigger: ".o_arrow_button_current:contains('Client informed')" },
    ],
});

tours.add("charter_client_escalates", {
    url: "/my/charter",
    steps: () => [
        { content: "whom to call", trigger: "section:contains('Your contacts') a[href^='tel:']" },
        { content: "one promise was late", trigger: "a[href*='filter=late']:contains('1 missed')" },
        { trigger: "a[href^='/my/charter/feedback/']:contains('Camera 4')", run: "click", expectUnloadPage: true },
        { content: "what was done", trigger: ".charter-answer:contains('Spare camera in stock')" },
        { trigger: "a:contains('Request an escalation')", run: "click", expectUnloadPage: true },
        { trigger: "#subject", run: "edit Nine days without images" },
        { trigger: "#description", run: "edit Who pays for the guard?" },
        { trigger: "button:contains('Escalate to the operations manager')", run: "click", expectUnloadPage: true },
        { content: "an answer is promised", trigger: ".charter-notice:contains('You will receive our answer')" },
    ],
});

const answer = (words) => [
    menu("menu_charter_escalation"),
    { trigger: ".o_data_row:contains('Nine days without images') td[name='name']", run: "click" },
    { content: "the client's words", trigger: ".o_form_view .o_field_widget[name='description']:contains('guard')" },
    { trigger: "button[name='action_ask_answer']", run: "click" },
    ...send(words),
    { content: "the client has its answer", trigger: ".o_arrow_button_current:contains('Answered')" },
];

tours.add("charter_operations_answers", {
    url: "/odoo",
    steps: () => [...app("operations"), ...answer("We credit three nights.")],
});

tours.add("charter_client_goes_to_level2", {
    url: "/my/charter",
    steps: () => [
        { trigger: "a[href^='/my/charter/escalation/']:contains('Nine days')", run: "click", expectUnloadPage: true },
        { trigger: ".charter-answer:contains('We credit three nights')" },
        { trigger: "textarea[name=reason]", run: "edit Three nights are not nine." },
        { trigger: "button:contains('Refer to general management')", run: "click", expectUnloadPage: true },
        { content: "general management has it", trigger: "dt:contains('General management since')" },
    ],
});

tours.add("charter_direction_answers", {
    url: "/odoo",
    steps: () => [...app("general management"), ...answer("We credit the nine nights.")],
});

tours.add("charter_client_accepts", {
    url: "/my/charter",
    steps: () => [
        { trigger: "a[href^='/my/charter/escalation/']:contains('Nine days')", run: "click", expectUnloadPage: true },
        { trigger: ".charter-answer:contains('We credit the nine nights')" },
        { trigger: "button:contains('Accept the answer')", run: "click", expectUnloadPage: true },
        { content: "it is over", trigger: "body:not(:has(button:contains('Accept the answer')))" },
        { trigger: "ol a[href='/my/charter'], .breadcrumb a[href='/my/charter']", run: "click", expectUnloadPage: true },
        { content: "kept and late, as it was", trigger: "section:contains('Our commitments'):contains('3 of 4')" },
    ],
});
