import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("charter_equipment_import", {
    steps: () => [
        { trigger: "button[name='action_import']", run: "click" },
        { content: "the error is read", trigger: ".o_error_dialog:contains('Stopped on the way'), .modal:contains('Stopped on the way')" },
        { trigger: ".modal:contains('Stopped on the way') footer button.btn-primary", run: "click" },
        { content: "what is written is said", trigger: ".charter-import:contains('2 of 5 rows are written')" },
        { trigger: ".charter-import button:contains('Go on')", run: "click" },
        { content: "all are listed", trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:contains('Reader 4')" },
        { trigger: ".o_list_view .o_data_row:contains('Reader 0')" },
    ],
});
