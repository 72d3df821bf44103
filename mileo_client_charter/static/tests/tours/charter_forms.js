import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// What staff create by hand, filled in as a person does; the address of each form is the test's.
const tours = registry.category("web_tour.tours");

const words = (name, text) => ({
    trigger: `.o_field_widget[name='${name}'] :is(input, textarea)`,
    run: `edit ${text}`,
});
const choice = (name, text) => [
    { trigger: `.o_field_widget[name='${name}'] input`, run: `edit ${text}` },
    { trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains('${text}')`, run: "click" },
];
const saved = [
    { content: "saved by hand, by the button of the form", trigger: ".o_form_button_save:enabled", run: "click" },
    { trigger: ".o_form_saved:not(:has(.o_form_button_save:enabled))" },
];

const FORMS = {
    intervention: [words("name", "Caméra du quai"), ...choice("partner_id", "Alpine")],
    feedback: [...choice("partner_id", "Alpine"), words("comment", "Personne n'est venu lundi.")],
    escalation: [words("name", "Sans réponse"), ...choice("partner_id", "Alpine")],
    equipment: [words("name", "Caméra du quai"), ...choice("partner_id", "Alpine")],
    absence: [],
    notice: [words("name", "Fin de support"), words("effect_on", "31/12/2027")],
    partner: [words("name", "Nouveau contact")],
};

for (const [name, fills] of Object.entries(FORMS)) {
    tours.add(`charter_create_${name}`, { steps: () => [{ trigger: ".o_form_view.o_form_editable, .o_form_editable" }, ...fills, ...saved] });
}

tours.add("charter_answer_is_refused_as_it_opens", {
    steps: () => [
        { trigger: "button[name='action_ask_answer']", run: "click" },
        { content: "it says what is to be done", trigger: ".modal .text-muted:contains('Écrivez votre réponse')" },
        { trigger: ".modal button[name='action_send']", run: "click" },
        { content: "refused in words", trigger: ".modal:contains('Écrivez au moins une phrase')" },
        { trigger: ".modal:contains('Écrivez au moins une phrase') footer .btn-primary", run: "click" },
        { content: "the message is still there", trigger: ".modal .odoo-editor-editable:contains('…')" },
        { trigger: ".modal .odoo-editor-editable p:contains('…')", run: "editor Nous avons remplacé la caméra ce matin." },
        { trigger: ".modal button[name='action_send']", run: "click" },
        { content: "the message has left", trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_view:not(:has(button[name='action_ask_answer']))" },
    ],
});

tours.add("charter_unknown_figure_is_named", {
    steps: () => [
        { trigger: ".o_notebook .nav-link:contains('Articles')", run: "click" },
        { trigger: ".o_field_widget[name='article_ids'] .o_data_row:first td[name='title']", run: "click" },
        { trigger: ".modal .odoo-editor-editable p:first", run: "editor Rappel sous {feedback.callbacks}." },
        { content: "leaving the field brings the preview", trigger: ".modal .o_field_widget[name='title'] input", run: "click" },
        { trigger: ".modal .alert-danger:contains('{feedback.callbacks}')" },
        { trigger: ".modal .o_field_widget[name='rendered_body'] mark:contains('{feedback.callbacks}')" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...stepUtils.saveForm(),
        { content: "the words stay, and the charter says so", trigger: ".o_form_sheet .alert-danger:contains('{feedback.callbacks}')" },
    ],
});
