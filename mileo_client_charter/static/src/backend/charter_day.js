/** @odoo-module */
// Days of the addon's records: “1er mars” in French, as in its emails and pages; with its year in lists of dates of many years.
import { patch } from "@web/core/utils/patch";
import { DateTimeField } from "@web/views/fields/datetime/datetime_field";
import { KanbanRecord } from "@web/views/kanban/kanban_record";
import { ListRenderer } from "@web/views/list/list_renderer";

const { DateTime } = luxon;
// The present year is written there as the others are.
const WITH_YEAR = [
    "charter.equipment.milestone",
    "charter.equipment.model.date",
    "charter.support.import.line",
    "charter.support.import.result",
];

function dayText(record, name, value, text) {
    const { type } = record.fields[name] || {};
    if (!value || typeof text !== "string" || !["date", "datetime"].includes(type) || !record.resModel.startsWith("charter.")) {
        return text;
    }
    const dated =
        type === "date" && WITH_YEAR.includes(record.resModel)
            ? value.toLocaleString(DateTime.DATE_MED)
            : text;
    return value.locale.startsWith("fr") ? dated.replace(/^1 (?=\p{L})/u, "1er ") : dated;
}

patch(DateTimeField.prototype, {
    getFormattedValue(valueIndex, numeric = this.props.numeric) {
        const text = super.getFormattedValue(...arguments);
        const { name, record } = this.props;
        return numeric ? text : dayText(record, name, this.values[valueIndex], text);
    },
});

patch(ListRenderer.prototype, {
    getFormattedValue(column, record) {
        const text = super.getFormattedValue(...arguments);
        return column.options?.numeric ? text : dayText(record, column.name, record.data[column.name], text);
    },
});

patch(KanbanRecord.prototype, {
    getFormattedValue(fieldId) {
        const { archInfo, record } = this.props;
        const { name } = archInfo.fieldNodes[fieldId];
        return dayText(record, name, record.data[name], super.getFormattedValue(...arguments));
    },
});
