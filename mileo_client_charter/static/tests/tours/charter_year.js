import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const answer = (rating, nps, words) => [
    { trigger: ".o_field_widget[name='answer_ids'] .o_field_x2many_list_row_add a", run: "click" },
    { trigger: ".o_field_widget[name='answer_ids'] .o_selected_row [name='contact_id'] input", run: "edit Alpine one" },
    { trigger: ".o-autocomplete--dropdown-item:contains('Alpine one')", run: "click" },
    ...choose(rating),
    { trigger: ".o_field_widget[name='answer_ids'] .o_selected_row [name='nps'] input", run: `edit ${nps}` },
    { trigger: ".o_field_widget[name='answer_ids'] .o_selected_row [name='comment'] textarea", run: `edit ${words}` },
];

/** A selection of Odoo 19 is a menu. */
const choose = (rating) => [
    { trigger: ".o_field_widget[name='answer_ids'] .o_selected_row [name='rating'] input", run: "click" },
    { trigger: `.o_select_menu_item:contains('${rating}')`, run: "click" },
];

const minutes = (words) => [
    { trigger: "button[name='action_ask_minutes']", run: "click" },
    { content: "the minutes say what was said", trigger: `.modal .o_field_widget[name='body'] .odoo-editor-editable:contains('${words}')` },
    { trigger: ".modal footer button[name='action_send']", run: "click" },
    { content: "the meeting is over", trigger: ".o_arrow_button_current:contains('Minutes sent')" },
];

tours.add("charter_year_interview", {
    steps: () => [
        ...answer("4", "9", "A good year so far"),
        { trigger: "button[name='action_hold']", run: "click" },
        { content: "the promise is kept", trigger: ".o_arrow_button_current:contains('Held')" },
        ...minutes("A good year so far"),
    ],
});

tours.add("charter_year_annual_review", {
    steps: () => [
        ...answer("5", "10", "We go on together"),
        { trigger: ".nav-link[name='year']", run: "click" },
        ...["achievements", "performance", "satisfaction", "outlook"].map((name) => ({
            trigger: `.o_field_widget[name='${name}'] textarea`,
            run: `edit Talked about ${name}`,
        })),
        { trigger: "button[name='action_hold']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Held')" },
        ...minutes("Talked about outlook"),
    ],
});


tours.add("charter_year_remedied", {
    steps: () => [
        { trigger: ".o_field_widget[name='causes'] textarea", run: "edit Three visits cancelled in a row" },
        { trigger: ".o_field_widget[name='action_ids'] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".o_field_widget[name='action_ids'] .o_selected_row [name='name'] input", run: "edit A visit every Monday" },
        { trigger: ".o_field_widget[name='action_ids'] .o_selected_row [name='user_id'] input", run: "edit t_technician" },
        { trigger: ".o-autocomplete--dropdown-item:contains('t_technician')", run: "click" },
        { trigger: ".o_field_widget[name='action_ids'] .o_selected_row [name='date_deadline'] input", run: "edit 12/31/2030" },
        { trigger: "button[name='action_start']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Under way')" },
        { trigger: ".o_field_widget[name='agreed_contact_id'] input", run: "edit Alpine one" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Alpine one')", run: "click" },
        { trigger: ".o_field_widget[name='agreement'] textarea", run: "edit Agreed by phone today" },
        { trigger: "button[name='action_agree']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Agreed with the client')" },
        { trigger: ".o_field_widget[name='action_ids'] button[name='action_done']", run: "click" },
        { trigger: ".o_field_widget[name='action_ids'] .o_data_row:not(:has(button[name='action_done']))" },
        { trigger: "button[name='action_measure']", run: "click" },
        { content: "the client is satisfied again", trigger: ".o_arrow_button_current:contains('Satisfied again')" },
    ],
});

tours.add("charter_year_decided", {
    steps: () => [
        { trigger: "button[name='action_decide']", run: "click" },
        { content: "the contract may renew", trigger: ".o_arrow_button_current:contains('Renewal allowed')" },
    ],
});
