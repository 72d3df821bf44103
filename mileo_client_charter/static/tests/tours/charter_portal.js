import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("charter_client_on_a_phone", {
    url: "/my/charter",
    steps: () => [
        { content: "is anything late", trigger: ".charter-state:contains('1 commitment is overdue')" },
        { content: "whom to call, one touch away", trigger: ".charter-call li:contains('t_manager') a.charter-call-now[href='tel:+33100000000']" },
        { content: "what is late comes first", trigger: "#charter-promises ~ .charter-rows li.charter-late:first-child:contains('late by')" },
        { trigger: ".charter-places a[href='/my/charter/reports']", run: "click", expectUnloadPage: true },
        { content: "the report of the month", trigger: ".charter-rows a:contains('October 2026')", run: "click", expectUnloadPage: true },
        { trigger: ".charter-report:contains('At a glance')" },
        { trigger: ".breadcrumb a[href='/my/charter']", run: "click", expectUnloadPage: true },
        { trigger: ".charter-places a[href='/my/charter/interventions']", run: "click", expectUnloadPage: true },
        { trigger: "#charter-q", run: "edit Camera" },
        { trigger: ".charter-find button[type='submit']", run: "click", expectUnloadPage: true },
        { trigger: "[role='status']:contains('Found')" },
        { trigger: ".charter-rows a:contains('Camera 4')", run: "click", expectUnloadPage: true },
        { content: "in the promised time or not", trigger: "section:contains('Our commitments') li:contains('We resolve an incident')" },
        { trigger: ".breadcrumb a[href='/my/charter']", run: "click", expectUnloadPage: true },
        { trigger: "a[href='/my/charter/escalate']", run: "click", expectUnloadPage: true },
        { trigger: "#subject", run: "edit The camera is dark again" },
        { trigger: "#description", run: "edit Third time this month." },
        { trigger: "button:contains('Escalate to the operations manager')", run: "click", expectUnloadPage: true },
        { content: "an answer is promised", trigger: ".charter-notice:contains('You will receive our answer')" },
    ],
});
