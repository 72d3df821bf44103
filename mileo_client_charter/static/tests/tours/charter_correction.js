import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("charter_correction", {
    steps: () => [
        { content: "words on record are read", trigger: ".o_field_widget[name='description'].o_readonly_modifier" },
        { trigger: "button[name='action_ask_correction']", run: "click" },
        { trigger: ".modal .o_field_widget[name='description'] textarea", run: "edit Two calls without an answer" },
        { trigger: ".modal footer button[name='action_confirm']", run: "click" },
        { content: "a reason is asked for", trigger: ".modal .o_field_invalid[name='reason']" },
        { trigger: ".modal .o_field_widget[name='reason'] textarea", run: "edit Heard wrongly" },
        { trigger: ".modal footer button[name='action_confirm']", run: "click" },
        { trigger: "body:not(:has(.modal)) .nav-link[name='corrections']", run: "click" },
        { content: "before", trigger: "td[name='before_text']:contains('Nobody answers our calls.')" },
        { content: "after", trigger: "td[name='after_text']:contains('Two calls without an answer')" },
        { trigger: ".o_field_widget[name='description']:contains('Two calls without an answer')" },
    ],
});
