// What the sweep of all screens asks of one: words cut off, columns out of reach, words of another language, pictures of faults.
// Given LANGUAGE and TERMS (English sentence -> true where the addon has another in the reader's language).
(() => {
    const found = [];
    const say = (kind, what) => found.push([kind, String(what).trim().slice(0, 160)]);
    const root = document.querySelector(".modal.show, .modal.d-block, .o_dialog") || document.body;
    const shown = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
    const CUT = [
        ".o_list_renderer thead th[data-name] .text-truncate", ".o_list_renderer thead th[data-name] > div > span:first-child",
        ".o_list_renderer td .badge", ".o_field_badge .badge", ".o_kanban_record .badge", ".o_statusbar_buttons button",
        ".o_arrow_button", ".nav-tabs .nav-link", ".o_stat_text", ".o_charter_badge", ".o_charter_label", ".o_charter_when",
    ];
    for (const node of root.querySelectorAll(CUT.join(","))) {
        if (!shown(node)) continue;
        const cell = node.closest("td, th");
        const over = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible";
        const outside = cell && node.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1;
        if (over || outside) {
            const head = cell && cell.closest("table")?.querySelectorAll("thead th")[cell.cellIndex];
            const column = cell?.dataset.name || cell?.getAttribute("name") || head?.dataset.name || "";
            say(node.closest("thead") ? "header cut" : "badge cut", `${node.innerText} (${column})`);
        }
    }
    const list = root.querySelector(".o_list_renderer");
    if (list && list.scrollWidth > list.clientWidth + 2) {
        say("columns out of reach", `${list.scrollWidth} px in ${list.clientWidth}`);
    }
    if (document.documentElement.scrollWidth > window.innerWidth + 2) {
        say("wider than the screen", `${document.documentElement.scrollWidth} px`);
    }
    for (const node of document.querySelectorAll(".o_error_dialog, .o_notification.border-danger, .o_dialog_error")) {
        say("error", node.innerText);
    }
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const english = /\b(the|of|is|are|was|were|with|not|this|that|has|been|by|from|they|their|when|what|who|nobody|your|and|to)\b/gi;
    const french = /(?:^|[\s(«’])(le|la|les|des|du|une|est|sont|avec|pas|ce|cette|qui|pour|dans|sur|aux?|et|vous|nous)(?=[\s,.)»]|$)/gi;
    const seen = new Set();
    while (walker.nextNode()) {
        const node = walker.currentNode, text = node.data.trim();
        if (text.length < 3 || seen.has(text) || !node.parentElement || !shown(node.parentElement)) continue;
        if (node.parentElement.closest("script, style, .o-mail-Message-body, .o_main_navbar .o_user_menu, [contenteditable]")) continue;
        seen.add(text);
        const [here, there] = LANGUAGE === "fr_FR" ? [french, english] : [english, french];
        const ours = new Set((text.match(here) || []).map((one) => one.toLowerCase()));
        const others = new Set((text.match(there) || []).map((one) => one.toLowerCase()));
        if (TERMS[text]) say("untranslated", text);
        else if (others.size >= 2 && ours.size >= 2) say("mixed sentence", text);
        else if (others.size >= 2) say("another language", text);
        if (/\b(undefined|NaN|\[object |False|None)\b/.test(text)) say("a program's word", text);
        if (/<function | object at 0x|\[(user|contact) \d+\]|\d UTC\b/.test(text)) say("a program's word", text);
        if (/<\/?[a-z]+[^>]*>|%\(\w+\)s|\{\{/.test(text)) say("markup shown", text);
    }
    return found;
})()
