/** @odoo-module */
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const back = { trigger: ".breadcrumb-item.o_back_button a", run: "click" };
const figure = (key, value) => ({
    content: `${key} is ${value}`,
    trigger: `.o_charter_figures [data-figure='${key}']:has(.o_charter_value:contains('${value}'))`,
});
const block = (key, words) => ({ trigger: `[data-block='${key}'] .o_charter_row:contains('${words}')` });

tours.add("charter_cockpit_manager", {
    steps: () => [
        { content: "the app opens on the day", trigger: ".o_charter_figures[data-page='manager']" },
        { ...figure("due_late", "1"), run: "click" },
        { content: "the figure leads to its row", trigger: ".o_list_view .o_data_row:contains('Alpine')" },
        back,
        { ...block("trouble", "a commitment is overdue"), run: "click" },
        { content: "the client says why, too", trigger: ".o_form_view .o_field_widget[name='name']:has(:value('Alpine')), .o_form_view h1" },
        back,
        { ...block("absences", "You will be away; your substitute: t_technician"), run: "click" },
        { trigger: ".o_form_view .o_field_widget[name='stand_in_id']" },
        back,
        { content: "an account manager has one page", trigger: ".o_charter_head:not(:has([data-page='operations']))" },
    ],
});

tours.add("charter_cockpit_technician", {
    steps: () => [
        { trigger: ".o_charter_figures[data-page='manager']" },
        { ...figure("reports", "1"), run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('Alpine')" },
        back,
        { ...block("reports", "Alpine"), run: "click" },
        { trigger: ".o_form_view .o_arrow_button_current:contains('Draft')" },
        back,
        { ...block("absences", "t_manager will be away: you are the substitute") },
    ],
});

tours.add("charter_cockpit_operations", {
    steps: () => [
        { content: "who holds the role opens on it", trigger: ".o_charter_figures[data-page='operations']" },
        { trigger: "[data-block='load'] tr:contains('t_manager') .o_charter_cell.o_charter_danger", run: "click" },
        { content: "a cell leads to its rows", trigger: ".o_list_view .o_data_row:contains('Alpine')" },
        back,
        { ...block("escalations", "Alpine"), run: "click" },
        { trigger: ".o_form_view .o_arrow_button_current:contains('Waiting for our answer')" },
        { ...back },
        { content: "back on the page one left", trigger: ".o_charter_figures[data-page='operations']" },
        { ...block("defects", "Vacant role"), run: "click" },
        { trigger: ".o_list_view .o_data_row" },
        back,
        { trigger: ".o_charter_head [data-page='manager']", run: "click" },
        { trigger: ".o_charter_figures[data-page='manager']" },
    ],
});

tours.add("charter_cockpit_direction", {
    steps: () => [
        { trigger: ".o_charter_figures[data-page='direction']" },
        { ...figure("nps", "-100"), run: "click" },
        { content: "NPS over time is a native pivot", trigger: ".o_pivot" },
        { trigger: ".o_switch_view.o_graph", run: "click" },
        { content: "and a graph of answers", trigger: ".o_graph_renderer canvas" },
        back,
        { ...block("renewals", "Alpine"), run: "click" },
        { trigger: ".o_form_view" },
        back,
        { trigger: "[data-block='kept'] .o_charter_cell", run: "click" },
        { trigger: ".o_list_view .o_data_row" },
        back,
        { trigger: "[data-block='kept'] .o_charter_all", run: "click" },
        { content: "the kept rate over time", trigger: ".o_pivot" },
    ],
});
