"""Import an advisory from a document: all of it, or nothing."""

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from psycopg2.errors import UniqueViolation

from ...tools import advisory_document, csaf
from ...tools.advisory import AdvisoryError, worst


class CharterAdvisory(models.Model):
    _inherit = "charter.advisory"

    @api.model
    def _import_csaf(self, content):
        """Take a CSAF 2.0 or 2.1 document.

        :param content: bytes
        :return: the advisory, new or revised; as it was when it is on record in this revision or a later one
        :raise UserError: it cannot be taken; names the place in the document
        """
        return self._import(content, csaf.read)

    @api.model
    def _import_document(self, content):
        """Take a CSAF document or a CVE record; as :meth:`_import_csaf`."""
        return self._import(content, advisory_document.read)

    @api.model
    def _import_noting(self, content):
        """Take a document, and say what became of it.

        :return: (the advisory, ``created``, ``revised`` or ``unchanged``)
        :raise UserError: it cannot be taken
        """
        last = self.env["charter.advisory.revision"].search([], order="id desc", limit=1).id
        one = self._import_document(content)
        if one.revision_ids[:1].id <= last:
            return one, "unchanged"
        return one, "revised" if one.revision_ids[1:] else "created"

    @api.model
    def _import(self, content, read):
        self.check_access("create")
        try:
            found = read(content)
        except AdvisoryError as error:
            raise UserError(self._import_words(error)) from error
        one = self.with_context(active_test=False).search(
            [("identifier", "=ilike", found.identifier), ("publisher", "=ilike", found.publisher)], limit=1
        )
        if found.is_withdrawn and not one:
            raise UserError(
                self.env._(
                    "%s: its publisher withdrew it, and it is not on record: there is nothing to take in.",
                    found.identifier,
                )
            )
        is_whole = one.product_ids or found.is_withdrawn
        if one and one.source_format and (one.revised_at or one.published_at) >= found.revised and is_whole:
            return one
        try:
            with self.env.cr.savepoint():
                return one._revise(found) if one else self._begin(found)
        except UniqueViolation as error:
            if error.diag.constraint_name != self._once.full_name(self):
                raise
            # Another window brought it since this request began: played again, the request finds it on record.
            raise ConcurrencyError(f"{found.identifier}: another transaction has just recorded it") from error

    @api.model
    def _import_words(self, error):
        where, detail = error.where or "/", error.detail
        return {
            "bytes": self.env._("File: it is larger than %s MB; no advisory is.", detail),
            "empty": self.env._("File: it is empty. Fetch it once more from its publisher."),
            "json": self.env._("File: it is no JSON. Choose the advisory's .json file, as the publisher offers it."),
            "foreign": self.env._("File: it is neither a CSAF document nor a CVE record (CVE JSON 5)."),
            "version": self.env._(
                "%(where)s: version “%(what)s” of the format is unknown to us; CSAF 2.0, CSAF 2.1 and CVE JSON 5 are read.",
                where=where, what=detail,
            ),
            "missing": self.env._("%s: it is missing. Ask the publisher for a whole document, or type the advisory.", where),
            "type": self.env._("%(where)s: “%(what)s” is not what belongs there.", where=where, what=detail),
            "products": self.env._("%(where)s: it names more than %(what)s products.", where=where, what=detail),
            "depth": self.env._("%(where)s: branches are more than %(what)s deep.", where=where, what=detail),
            "twice": self.env._("%(where)s: the product “%(what)s” is there twice.", where=where, what=detail),
            "unknown": self.env._("%(where)s: there is no product “%(what)s” in the product tree.", where=where, what=detail),
            "date": self.env._("%(where)s: “%(what)s” is no moment.", where=where, what=detail),
            "vector": self.env._("%(where)s: “%(what)s” is no CVSS vector.", where=where, what=detail),
            "unpublished": self.env._("%(where)s: the record is %(what)s, not published.", where=where, what=detail),
        }[error.code]  # fmt: skip

    # -- writing ----------------------------------------------------------------------------------

    @api.model
    def _begin(self, found):
        one = self.create(self._own_values(found))
        one._write_parts(found)
        one._note_revision(found, "")
        one._judge()
        return one

    def _revise(self, found):
        """Bring what is on record in line with a later revision, and say what changed."""
        self.ensure_one()
        before = self._said()
        told, proposed, drafts = self._notified_before(), self._proposed(), self._untouched_drafts()
        self.write({**self._own_values(found), "active": True})
        # What the parts said is in the revision; clients were informed by notices, which stay as they are.
        self.product_ids.unlink()
        self.cve_ids.unlink()
        self.remedy_ids.unlink()
        self._write_parts(found)
        changes = self._changes(before, self._said())
        self._note_revision(found, changes)
        self.message_post(
            body=self._charter_for_staff().env._(
                "Revision %(version)s: %(changes)s", version=found.version, changes=changes
            )
        )
        self._judge()
        self.env["charter.notice"]._propose_again(drafts)
        self.revision_ids[:1].sudo().told_count = len(self._notify_changed(told, proposed))
        self._ask_for_words()
        return self

    @api.model
    def _own_values(self, found):
        return {
            "identifier": found.identifier,
            "publisher": found.publisher,
            "name": found.title,
            "published_at": found.published,
            "revised_at": max(found.revised, found.published),
            "version": found.version,
            "source_format": found.source_format,
            "language": found.language,
            "summary": found.summary,
            "tlp": found.tlp if found.tlp in dict(self._fields["tlp"].selection) else False,
            "references": "\n".join(" ".join(filter(None, pair)) for pair in found.references),
        }

    def _write_parts(self, found):
        cves = self.env["charter.advisory.cve"].create(
            [
                {
                    "advisory_id": self.id,
                    "cve": one.cve or False,
                    "name": one.title,
                    "text": one.text,
                    "weakness": one.weakness,
                    "vector": score.vector if (score := worst(one.scores)) else False,
                    "is_exploited": one.exploited,
                }
                for one in found.vulnerabilities
            ]
        )
        self.env["charter.advisory.product"].create(
            [
                {
                    "advisory_id": self.id,
                    "vendor": one.vendor,
                    "family": one.family,
                    "model": one.model,
                    "condition": one.condition,
                    "status": one.status,
                    "remark": one.remark or False,
                    "where": one.where,
                    "cve_ids": [(6, 0, [cves[number].id for number in one.vulnerabilities])],
                }
                for one in found.products
            ]
        )
        kinds = dict(self.env["charter.advisory.remedy"]._fields["kind"].selection)
        self.env["charter.advisory.remedy"].create(
            [
                {
                    "advisory_id": self.id,
                    "kind": one.kind if one.kind in kinds else "mitigation",
                    "text": one.text,
                    "url": one.url,
                    "available_on": one.date and one.date.date(),
                }
                for one in found.remedies
            ]
        )

    def _note_revision(self, found, changes):
        self.env["charter.advisory.revision"].sudo().create(
            {
                "advisory_id": self.id,
                "version": found.version,
                "revised_at": found.revised,
                "changes": changes,
            }
        )

    def _said(self):
        """Return what it says of each thing, to be compared with what it says later."""
        self.ensure_one()
        return {
            self.env._("Title"): {self.name},
            self.env._("Vulnerabilities"): set(self.cve_ids.mapped("display_name")),
            self.env._("Severity"): {
                f"{one.display_name} {one.severity or ''} {one.score}" for one in self.cve_ids
            },
            self.env._("Products"): {
                " ".join(filter(None, [one.vendor, one.model, one.condition, one.status]))
                for one in self.product_ids
            },
            self.env._("Remedies"): set(self.remedy_ids.mapped("text")),
        }

    @api.model
    def _changes(self, before, after):
        lines = []
        for what, was in before.items():
            now = after[what]
            for items, sign in (
                (sorted(now - was), self.env._("added")),
                (sorted(was - now), self.env._("taken out")),
            ):
                lines += [f"{what}, {sign}: {item[:200]}" for item in items[:20]]
                if len(items) > 20:
                    lines.append(
                        self.env._(
                            "%(what)s, %(sign)s: %(number)s more",
                            what=what,
                            sign=sign,
                            number=len(items) - 20,
                        )
                    )
        return "\n".join(lines) or self.env._("nothing but its number")
