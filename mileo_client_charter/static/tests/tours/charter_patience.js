/** @odoo-module */
// A step waits for what it needs as long as bin/test waits for a browser: ten seconds are those of a machine that does nothing else.
import { TourAutomatic } from "@web_tour/js/tour_automatic/tour_automatic";

TourAutomatic.prototype.timeout = 40000;
