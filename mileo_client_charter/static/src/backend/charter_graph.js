/** @odoo-module */
// Graphs of what is good and what is not: kept and promoters in green, late and detractors in red, whatever their order.
import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { GraphRenderer } from "@web/views/graph/graph_renderer";

const COLOURS = {
    promoter: "#2e8540", kept: "#2e8540", passive: "#c9a80c", open: "#5b7f9e", warning: "#c9a80c",
    detractor: "#c0392b", late: "#c0392b", cancelled: "#9aa5b1",
};

export class CharterGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const { fields, groupBy } = this.model.metaData;
        const chosen = groupBy.map((one) => fields[one.fieldName]).find((field) => field?.type === "selection");
        const keys = Object.fromEntries((chosen?.selection || []).map(([key, label]) => [label, key]));
        for (const dataset of data.datasets) {
            const colour = COLOURS[keys[dataset.label]];
            if (colour) {
                dataset.backgroundColor = colour;
            }
        }
        return data;
    }
}

registry.category("views").add("charter_graph", { ...graphView, Renderer: CharterGraphRenderer });
