import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("charter_report_written", {
    steps: () => [
        { trigger: ".o_field_widget[name='introduction'] textarea", run: "edit A quiet month, and one thing to plan." },
        { trigger: ".o_field_widget[name='recommendation_ids'] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_field_widget[name='name'] input", run: "edit Replace the recorder" },
        { trigger: ".modal .o_field_widget[name='advice'] textarea", run: "edit It is out of support since June." },
        { trigger: ".modal .o_field_widget[name='benefit'] textarea", run: "edit Pictures are kept for 30 days." },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_field_widget[name='recommendation_ids'] .o_data_row:contains('Replace the recorder')" },
        { trigger: "button[name='action_written']", run: "click" },
        { content: "it waits for its review", trigger: "button[name='action_review']" },
    ],
});

tours.add("charter_report_sent", {
    steps: () => [
        { content: "what was advised", trigger: ".o_data_row:contains('Replace the recorder')" },
        { trigger: "button[name='action_review']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Approved')" },
        { trigger: "button[name='action_send']", run: "click" },
        { content: "it is on its way", trigger: ".o_arrow_button_current:contains('Sent')" },
    ],
});

tours.add("charter_report_read", {
    steps: () => [
        { trigger: ".charter-rows a:contains('October 2026')", run: "click", expectUnloadPage: true },
        { content: "what we wrote", trigger: ".charter-report:contains('A quiet month, and one thing to plan.')" },
        { content: "the figures", trigger: ".charter-report:contains('At a glance'):contains('Interventions done')" },
        { content: "the spreadsheet", trigger: "a[href$='/xlsx']" },
        { trigger: ".charter-advice textarea[name='comment']", run: "edit Please send a quote." },
        { trigger: ".charter-advice button[value='accept']", run: "click", expectUnloadPage: true },
        { content: "our answer is there", trigger: ".charter-advice:contains('Accepted'):contains('Please send a quote.')" },
    ],
});
