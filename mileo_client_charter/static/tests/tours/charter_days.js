/** @odoo-module */
// Days of the roles in French, as their guides tell them. Each step that a person clicks names its task; the test counts them.
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const counted = {};
const click = (task, trigger) => ({
    content: task,
    trigger,
    run: async (actions) => {
        counted[task] = (counted[task] || 0) + 1;
        await actions.click();
    },
});
const type = (trigger, text) => ({ trigger, run: `edit ${text}` });
const told = () => console.log("clicks: " + JSON.stringify(counted));
const today = { trigger: ".o_charter_figures[data-page]" };

tours.add("charter_day_claire", {
    steps: () => [
        today,
        { content: "the number is beside what is to be called", trigger: ".o_charter_phone[href='tel:+33600000001']" },
        // A low mark: nobody answers, then we speak, then the outcome.
        click("attempt", "[data-step='action_ask_callback']"),
        { content: "the dialog is in French", trigger: ".modal .modal-title:contains('Consigner le rappel')" },
        click("attempt", ".modal .o_field_widget[name='reached'] input[data-value='message']"),
        click("attempt", ".modal button[name='action_confirm']"),
        { trigger: "body:not(:has(.modal))" },
        click("call back", "[data-step='action_ask_callback']"),
        { trigger: ".modal .o_field_widget[name='call_log']:contains('message laissé')" },
        type(".modal .o_field_widget[name='understanding'] textarea", "Personne n'est venu le jour convenu."),
        type(".modal .o_field_widget[name='no_action_reason'] input", "Le technicien est passé depuis."),
        click("call back", ".modal .o_field_widget[name='apology'] input[data-value='made']"),
        click("call back", ".modal button[name='action_confirm']"),
        { trigger: ".modal .o_field_widget[name='language']" },
        click("outcome", ".modal button[name='action_send']"),
        { trigger: ".o_notification:contains('one@alpine.example.com')" },
        { trigger: "body:not(:has(.modal))" },
        // A client phones: something is wrong.
        click("direct report", "[data-quick='report']"),
        type(".o_field_widget[name='partner_id'] input", "Alpine"),
        click("direct report", ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a:contains('Alpine')"),
        type(".o_field_widget[name='comment'] textarea", "La caméra est en panne depuis une semaine."),
        click("direct report", ".o_form_button_save"),
        { trigger: ".o_statusbar_status:has(.o_arrow_button_current:contains('rappeler'))", run: told },
    ],
});

tours.add("charter_day_olivier", {
    steps: () => [
        today,
        { trigger: ".o_charter_head [data-page='manager']", run: "click" },
        { trigger: ".o_charter_figures[data-page='manager']" },
        click("escalation", "[data-step='action_ask_answer']"),
        { trigger: ".modal .o_field_widget[name='body'] .odoo-editor-editable", run: "editor Nous avons remplacé la caméra ce matin." },
        click("escalation", ".modal button[name='action_send']"),
        { trigger: ".o_notification:contains('one@alpine.example.com')", run: told },
    ],
});
