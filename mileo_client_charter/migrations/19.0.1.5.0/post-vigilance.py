"""Notices written by earlier versions say what those of today say.

A revision was said in the text of the notice, for everybody; it is said on the line of those who were informed of it. The notice of a week
said that nothing in it is severe, which a revision may change. Drafts that a date of the installed base raised had no text.
"""

import re

from odoo import SUPERUSER_ID, api
from odoo.tools import is_html_empty
from odoo.tools.sql import SQL

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_through

REVISED = re.compile(
    r"<p>\s*<strong>\s*<span>\s*(?:The publisher revised its advisory; what is below is as it stands now\."
    r"|L’éditeur a révisé son avis\s*; ce qui suit en est l’état actuel\.)\s*</span>.*?</strong>\s*</p>",
    re.DOTALL,
)
NOT_SEVERE = (
    (
        re.compile(
            r" None of it is of high or critical severity; each is stated with your devices and what is to be done\."
        ),
        " Each is stated with its severity, your devices and what is to be done.",
    ),
    (
        re.compile(
            r" Rien n’y est de gravité élevée ou critique\s*; chaque avis est indiqué avec vos équipements et ce qu’il y a à faire\."
        ),
        " Chaque avis est indiqué avec sa gravité, vos équipements et ce qu’il y a à faire.",
    ),
)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    _mend_texts(env)
    _propose_ends(env)


def _mend_texts(env):
    cr = env.cr
    cr.execute(
        """
        SELECT id, body FROM charter_notice notice
         WHERE body IS NOT NULL
           AND (advisory_id IS NOT NULL OR EXISTS (SELECT 1 FROM charter_notice_advisory_rel week WHERE week.charter_notice_id = notice.id))
        """
    )
    for notice, body in cr.fetchall():
        mended = {lang: _mended(said) for lang, said in body.items()}
        if mended == body:
            continue
        if any(REVISED.search(said or "") for said in body.values()):
            _keep_revision(env, notice)
        charter_through(
            cr,
            SQL(
                "UPDATE charter_notice SET body = (SELECT jsonb_object_agg(lang, said) FROM unnest(%s, %s) AS each(lang, said)) WHERE id = %s",
                list(mended),
                list(mended.values()),
                notice,
            ),
        )
    env.invalidate_all()


def _mended(said):
    said = REVISED.sub("", said or "")
    for old, new in NOT_SEVERE:
        said = old.sub(new, said)
    return said


def _keep_revision(env, notice):
    """Say the revision where it belongs now: with the clients who were informed more than once, the last one they had by then."""
    for line in env["charter.notice.line"].browse(
        env["charter.notice"]
        .browse(notice)
        .line_ids.filtered(lambda one: one.told_times > 1 and not one.revision_ids)
        .ids
    ):
        for advisory in line.notice_id._advisories():
            known = advisory.revision_ids.filtered(
                lambda one, line=line: one.received_at <= line.sent_at
            ).sorted("id")
            if known[1:]:
                line._charter_engine().revision_ids |= known[-1:]


def _propose_ends(env):
    drafts = env["charter.notice"].search([("state", "=", "draft"), ("milestone_key", "!=", False)])
    for notice in drafts:
        for code, _name in env["res.lang"].get_installed():
            one = notice.with_context(lang=code)
            said = one._proposed_end(one._key_parts()[0])
            values = {
                name: words
                for name, words in said.items()
                if (is_html_empty(one[name]) if name == "body" else not (one[name] or "").strip())
            }
            if values:
                one.write(values)
