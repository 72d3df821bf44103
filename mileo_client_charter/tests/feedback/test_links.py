"""Links of mails: every door of the charter opens without a login, and reading one changes nothing (articles 01 to 04)."""

import re
from datetime import date, datetime, timedelta
from email import message_from_string
from email.policy import SMTP
from html import unescape

from markupsafe import Markup
from odoo import sql_db
from odoo.exceptions import ValidationError
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ...models.base.mail_thread import AUTOMATIC
from ...tools import links
from ...tools.clock import to_utc
from ..cases.common import START
from ..cases.links import LinksCase

# Of the whole request: who asks, the document, its people, the company, and what the page shows of them.
STATEMENTS = 8
# Read off more: a notice with its equipment, its revisions and what has been updated since, everything we write to a contact,
# everybody who answers with hours and photos.
MORE = {"notice": 10, "mails": 13, "sheet": 15}


@tagged("post_install", "-at_install")
class TestLinks(LinksCase):
    READ = {"report", "sheet"}

    def test_every_purpose(self):
        """From the registry: shown by a GET that changes nothing, done by a confirmed POST, refused in every other way."""
        purposes = self.env["charter.link"]._purposes()
        self.assertEqual({purpose for _model, purpose, _link in purposes.values()}, {*self.STEPS, *self.READ})
        for number, (model, purpose, link) in sorted(purposes.items()):
            with self.subTest(purpose):
                record = self.record_of(purpose).sudo()
                self.assertEqual(record._name, model)
                token = self.token(record, purpose)
                self.assertEqual(links.unpack(token, self.env["charter.link"]._signer()).purpose, number)
                self.env.flush_all()
                page = self.get(token)
                self.assertEqual(page.status_code, 200, page.text[:300])
                self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
                self.assertNotIn("/web/login", page.text)
                if purpose in self.READ:
                    self.assertFalse(link.step)
                    continue
                form, done = self.STEPS[purpose]
                self.assertFalse(done(record), "reading it changes nothing")
                self.post(token, **{**form, "confirm": ""})
                self.assertFalse(done(record), "what is not confirmed is not done")
                before = self.mails_to(self.alice)
                self.assertEqual(self.post(token, **form).status_code, 303)
                self.assertTrue(done(record))
                # Of fewer mails there is no mail: nobody has asked for one.
                self.assertEqual(
                    bool(self.mails_to(self.alice) - before),
                    purpose not in ("optout", "mails"),
                    "a copy in the mailbox",
                )
                page = self.get(token, done=1)
                self.assertEqual(page.status_code, 200)
                self._check_said(record, purpose, unescape(page.text))

    # Who does what comes next; of the others nothing does, and the page says so.
    NEXT = {
        "level2": "direction", "object": "operations", "escalate": "operations", "callback": "manager", "call": "manager",
        "recommendation": "technician", "notice": "manager", "decline": "manager",
    }  # fmt: skip

    def _check_said(self, record, purpose, page):
        """The page says what was recorded, and what follows, by whom and by when."""
        said = record.with_context(lang="en_US")._charter_link_said(purpose, self.alice)
        self.assertGreaterEqual(len(said), 2, said)
        self.assertRegex(said[0], r"^Recorded: .+\.$")
        for sentence in said:
            self.assertIn(sentence, page)
        after = " ".join(said[1:])
        if purpose in self.NEXT:
            self.assertIn(getattr(self, self.NEXT[purpose]).name, after)
            if purpose != "notice":
                self.assertRegex(after, r"20\d\d")

    def test_nothing_is_said_to_be_recorded_that_is_not(self):
        """Anybody can write “?done=1”."""
        for _model, purpose, link in self.env["charter.link"]._purposes().values():
            if link.step and purpose not in ("optout", "mails", "notice", "level2", "accept", "contest"):
                with self.subTest(purpose):
                    record = self.record_of(purpose).sudo()
                    self.assertNotIn("Recorded:", self.get(self.token(record, purpose), done=1).text)

    def test_words_that_ask_for_a_call_are_asked_about_by_every_door(self):
        """On a thread or in a reply: one mail asks, its yes owes the call; a quoted mail, a machine, a colleague ask nothing."""
        feedback = self.invitation()
        feedback._answer(rating=5, comment="All well")
        escalation = self.escalate()
        for document, words, values, asked in (
            (feedback, "Rappelez-moi s'il vous plaît", {}, True),
            (escalation, "Please call me", {"message_type": "email"}, True),
            (escalation, "Thanks.", {}, False),
            (escalation, Markup("<p>Thanks.</p><blockquote data-o-mail-quote='1'>Please call me</blockquote>"), {}, False),
            (escalation, "Please call me", {"author_id": self.manager.partner_id.id}, False),
            (escalation.with_context(charter_automatic=AUTOMATIC), "Please call me", {"message_type": "email"}, False),
        ):  # fmt: skip
            with self.subTest(str(words), model=document._name, **values):
                before = self.mails_to(self.alice), self.env["charter.word"].search([])
                self.wrote(document, words, **values)
                word = self.env["charter.word"].search([]) - before[1]
                self.assertEqual(bool(word.asks_call), asked)
                mails = self.mails_to(self.alice) - before[0]
                self.assertEqual(
                    mails.mapped("subject"), [f"{document.display_name}: shall we call you?"] * asked
                )
                if not asked:
                    continue
                [address] = re.findall(r"/charter/l/([\w.~-]+)", mails.body_html)[:1]
                self.assertIn("within 48 hours", self.get(address).text)
                self.post(address)
                call = word.call_feedback_id
                promise = self.promise(call, "feedback.callback")
                self.assertEqual(
                    (promise.due_at - promise.opened_at, promise.user_id), (timedelta(hours=48), self.manager)
                )
                self.assertEqual(call == feedback, document == feedback)
                self.post(address)
                self.assertEqual(
                    self.promise(call, "feedback.callback"), promise, "a second click owes no second call"
                )
        before = self.mails_to(self.alice)
        opened = self.env["charter.escalation"]._from_portal(
            self.alice, "Gate", "Still out of order, call me back."
        )
        [word] = self.env["charter.word"]._unread_of(opened)
        self.assertTrue(word.asks_call)
        mailed = (self.mails_to(self.alice) - before).mapped("subject")
        self.assertIn(f"{opened.display_name}: shall we call you?", mailed)
        self.env["charter.escalation"]._from_portal(self.alice, "Gate 2", "Call me back.", call_me=True)
        self.assertFalse(
            self.env["charter.word"].search([("asks_call", "=", True), ("id", ">", word.id)]),
            "it is owed already",
        )
        before = self.mails_to(self.alice)
        self.wrote(feedback, "Rappelez-moi vite")
        self.assertFalse(self.mails_to(self.alice) - before, "its call is owed already")

    def test_a_call_is_asked_for_beside_whatever_else_is_sent(self):
        """Ticked, it is owed; words alone are asked about; neither, nothing. The same twice is one."""
        nothing = self.env["charter.equipment"], self.env["contract.contract"]

        def incident(words, **form):
            form = {"summary": "Camera dark", "description": words, **form}
            return self.env["charter.intervention"]._from_portal(self.alice, form, *reversed(nothing))

        def advice(words, **form):
            return self.record_of("recommendation")._link_answer(
                self.alice, {"answer": "accept", "comment": words, **form}
            )

        def decline(words, **form):
            return self.record_of("decline")._link_decline(self.alice, {"reason": words, **form})

        for door, words, form, owed, asked in (
            (incident, "It is dark since Monday.", {"call_me": "1"}, 1, 0),
            (incident, "It is dark since Tuesday.", {"call_me": "1"}, 1, 0),
            (incident, "It is dark. " * 600, {"call_me": "1"}, 1, 0),
            (incident, "Dark again, please call me.", {}, 0, 1),
            (incident, "Nothing more.", {}, 0, 0),
            (advice, "Two of them.", {"call_me": "1"}, 1, 0),
            (decline, "I am away that week.", {"call_me": "1"}, 1, 0),
        ):  # fmt: skip
            with self.subTest(door.__name__, words=words):
                known, mails = (
                    self.env["charter.obligation"].search([("code", "=", "feedback.callback")]),
                    self.mails_to(self.alice),
                )
                door(words, **form)
                door(words, **form)
                new = self.env["charter.obligation"].search([("code", "=", "feedback.callback")]) - known
                self.assertEqual(len(new), owed)
                subjects = (self.mails_to(self.alice) - mails).mapped("subject")
                self.assertEqual(sum("shall we call you?" in one for one in subjects), asked)

    def test_a_door_is_few_statements(self):
        """From the registry: what reading each page asks of the database, once its caches are warm."""
        counts = {}
        for _model, purpose, _link in self.env["charter.link"]._purposes().values():
            token = self.token(self.record_of(purpose).sudo(), purpose)
            self.get(token)
            before = sql_db.sql_counter
            self.assertEqual(self.get(token).status_code, 200)
            counts[purpose] = sql_db.sql_counter - before
        self.assertFalse({one: count for one, count in counts.items() if count > MORE.get(one, STATEMENTS)})

    def test_a_link_opens_for_one_person_one_thing_and_a_time(self):
        escalation = self.answered().sudo()
        token = self.token(escalation, "accept")
        forged = links.pack(
            links.Claim(1, escalation.id, self.adam.id, date(2030, 1, 1)), lambda text: "00" * 32
        )
        # Not the last one, of which not every bit counts.
        altered = token[:9] + ("A" if token[9] != "A" else "B") + token[10:]
        for case, address, status in (
            ("garbage", "x" * 31, 404), ("short", "x", 404), ("forged", forged, 404), ("one letter", altered, 404),
        ):  # fmt: skip
            with self.subTest(case):
                self.assertEqual(self.get(address).status_code, status)
                self.assertEqual(self.post(address).status_code, status)
        # What staff read in a thread leads to a page that says why it does not open, not to a dead end.
        for masked in re.findall(
            r"/charter/[ls]/\*", links.without_tokens(f"/charter/l/{token} /charter/s/{token}?rating=1")
        ):
            with self.subTest(masked):
                page = self.url_open(masked)
                self.assertEqual(page.status_code, 403)
                self.assertIn("Our own copy of the message leaves it out", page.text)
        with self.at(24 * 61):
            self.assertEqual(self.get(token).status_code, 410)
            self.assertEqual(self.post(token).status_code, 410)
        self.alice.active = False
        self.assertEqual(self.post(token).status_code, 410)
        self.assertEqual(escalation.state, "answered")

    def test_a_change_of_mind_within_24_hours(self):
        escalation = self.answered().sudo()
        token = self.token(escalation, "accept")
        self.post(token)
        self.assertEqual((escalation.state, escalation.accepted_by_id), ("resolved", self.alice))
        self.assertIn("accepted our answer", self.mails_to(self.alice)[-1].subject)
        self.assertIn(
            "Take this step back" if escalation.level == "2" else "I do not accept it", self.get(token).text
        )
        with self.at(23):
            self.post(token, undo="1")
        self.assertEqual((escalation.state, escalation.is_complaint), ("answered", True))
        with self.at(24):
            self.post(token)
        with self.at(49):
            self.assertEqual(self.post(token, undo="1").status_code, 422)
        self.assertEqual(escalation.state, "resolved")

    def test_level_2_taken_back_and_gone_to_again(self):
        escalation = self.answered().sudo()
        token = self.token(escalation, "level2")
        self.assertEqual(self.post(token).status_code, 422, "it is asked why")
        self.post(token, reason="Three nights are not nine.")
        self.post(token, undo="1")
        self.assertEqual((escalation.level, escalation.state), ("1", "answered"))
        self.post(token, reason="They are not.")
        promises = self.promise(escalation, "escalation.level2").sorted("id")
        self.assertEqual(promises.mapped("state"), ["cancelled", "open"])
        self.answer(escalation, self.direction)
        self.assertFalse(escalation._may_go_to_level2(), "there is no third level")
        offered = [label for label, _address in escalation._charter_mail_doors()]
        self.assertIn("I say so to your general management", offered[1])
        self.assertIn("Say so to general management", self.get(token).text)
        self.assertEqual(self.post(token).status_code, 422, "it is asked why")
        for _click in range(2):
            self.assertEqual(self.post(token, reason="Not this either.").status_code, 303)
        self.assertEqual(self.promise(escalation, "escalation.level2").mapped("state"), ["cancelled", "kept"])
        [word] = self.env["charter.word"]._unread_of(escalation)
        self.assertEqual((word.user_id, word.words.rsplit(": ")[-1]), (self.direction, "Not this either."))
        self.assertEqual((escalation.state, escalation.is_complaint), ("answered", True))
        self.assertIn("It has your words", self.get(token).text)
        with self.at(24 * 40), self.committing():
            self.env["charter.word"]._cron_watch()
        self.assertEqual(escalation.state, "answered", "who said no is not silent")
        self.answer(escalation, self.direction, "<p>We replace the whole installation next week.</p>")
        self.assertFalse(escalation.unsatisfied_at)

    def test_a_page_tells_how_it_stands_today(self):
        """Each page of an escalation, also by an old link, in each state of it: the state, its limit, and no other level's."""
        feedback = self.negative().sudo()
        escalation = self.env["charter.escalation"]._from_portal(
            self.alice, "Again", "Nobody calls.", feedback
        )
        tokens = {
            "escalate": self.token(feedback, "escalate"),
            **{
                purpose: self.token(escalation, purpose)
                for purpose in ("accept", "contest", "level2", "object")
            },
        }
        self.assertEqual(
            tokens.keys(),
            {
                purpose
                for model, purpose, _link in self.env["charter.link"]._purposes().values()
                if model == "charter.escalation" or purpose == "escalate"
            },
        )
        operations, management, by = (
            "with our operations manager",
            "with our general management",
            "You have an answer by",
        )
        seen = set()

        def told(words):
            seen.add(escalation.state)
            others = {
                operations,
                management,
                by,
                "has answered your escalation",
                "is overdue",
                "is closed",
            } - set(words)
            for purpose, token in tokens.items():
                page = self.get(token).text
                for text in words:
                    with self.subTest(state=escalation.state, level=escalation.level, page=purpose):
                        self.assertIn(text, page)
                for text in others:
                    with self.subTest(
                        state=escalation.state, level=escalation.level, page=purpose, not_said=text
                    ):
                        self.assertNotIn(text, page)

        told([operations, by])
        with self.at(25):
            told([operations, "is overdue"])
        self.answer(escalation, self.operations)
        told(["has answered your escalation"])
        escalation._to_level2("Not enough.")
        told([management, by])
        self.answer(escalation, self.direction)
        told(["has answered your escalation"])
        escalation.action_resolve("She said so by telephone.")
        told(["is closed"])
        escalation._charter_engine().state = "dismissed"
        told(["is closed"])
        self.assertEqual(seen | {"unqualified"}, set(dict(escalation._fields["state"].selection)))

    def test_a_call_later_than_our_limit_at_the_client_s_wish(self):
        feedback = self.negative().sudo()
        promise = self.promise(feedback, "feedback.callback")
        limit, token = promise.due_at, self.token(feedback, "callback")
        self.assertIn("Camera 4", self.get(token).text, "the page names what it is about")
        self.assertIn("a later moment", self.get(token).text)
        self.assertEqual(
            self.post(token, day="2027-10-06", time="10:30").status_code, 422, "a slip of the year"
        )
        self.post(token, day="2026-10-20", time="10:30", phone="+33 6 11 22 33 44")
        chosen = to_utc(datetime(2026, 10, 20, 10, 30), self.company._charter_tz())
        self.assertEqual((feedback.call_wanted_at, promise.due_at), (chosen, chosen + timedelta(minutes=30)))
        self.assertIn("The client chose it", promise.history)
        self.assertEqual((feedback.phone_to_call, promise.state), ("+33 6 11 22 33 44", "open"))
        self.assertIn("at your wish", self.get(token).text)
        self.assertIn("at your wish", self.mails_to(self.alice)[-1].body_html)
        wizard = (
            self.env["charter.feedback.callback"].with_user(self.manager).create({"feedback_id": feedback.id})
        )
        self.assertEqual((wizard.phone_to_call, wizard.call_wanted_at), ("+33 6 11 22 33 44", chosen))
        self.post(token, day="2026-10-06", time="10:30")
        self.assertEqual(promise.due_at, limit, "nearer than our limit: our limit again")
        self.assertNotIn("at your wish", self.get(token).text)
        self.post(token, day="2026-10-20", time="10:30")
        with self.at(moment=chosen + timedelta(minutes=5)):
            self.tick()
            feedback.with_user(self.manager)._record_callback(
                chosen + timedelta(minutes=2), "Nobody came to them.", "made", [], "None is needed here."
            )
        self.assertEqual(promise.state, "kept", "who obeys the client is not late")
        late = self.negative(self.adam).sudo()
        missed = self.promise(late, "feedback.callback")
        with self.at(moment=missed.due_at + timedelta(hours=1)):
            self.tick()
            self.post(self.token(late, "callback", self.adam), day="2026-10-20", time="10:30")
        self.assertEqual((missed.state, missed.due_at), ("late", missed.trigger_at + timedelta(hours=48)))

    def test_words_typed_before_choosing_a_call_are_kept(self):
        feedback = self.invitation().sudo()
        feedback._answer(rating=1)
        self.env.flush_all()
        page = self.url_open(f"/charter/s/{feedback.token}/more").text
        self.assertIn('form="more" name="then" value="callback"', page)
        key = page.split('name="csrf_token" value="')[1].split('"')[0]
        response = self.url_open(
            f"/charter/s/{feedback.token}/more",
            data={"csrf_token": key, "comment": "The gate stays open.", "then": "callback"}, allow_redirects=False,
        )  # fmt: skip
        self.env.invalidate_all()
        self.assertEqual((response.status_code, feedback.comment), (303, "The gate stays open."))
        self.assertIn("/charter/l/", response.headers["Location"])

    def test_a_survey_opened_again_shows_what_was_said(self):
        """The rating, the comment and the call that was asked for: nothing has to be said twice."""
        feedback = self.negative().sudo()
        feedback._complete(comment="La caméra est noire.")
        self.post(self.token(feedback, "callback"), day="2026-10-06", time="10:30", phone="06 01 02 03 04")
        page = self.url_open(f"/charter/s/{feedback.token}?lang=en_US").text
        for words in ("2 out of 5", feedback.comment, "06 01 02 03 04", "Choose when we call you"):
            self.assertIn(words, page)

    def test_no_more_surveys_says_so_only_afterwards(self):
        feedback = self.negative()
        token = self.token(feedback, "optout")
        self.assertNotIn("no longer send", self.get(token).text)
        self.post(token)
        self.assertIn("no longer send", self.get(token).text)

    def test_mails_lead_to_no_login(self):
        """Each mail an escalation or a feedback sends its client: a number, the address for an escalation, links of its own."""
        self.company.phone = "+33 1 02 03 04 05"
        feedback = self.negative()
        feedback.with_user(self.manager)._record_callback(
            START, "Nobody came to them.", "made", [], "None is needed here."
        )
        wizard = self.env["charter.message.wizard"].browse(
            feedback.with_user(self.manager).action_ask_outcome()["res_id"]
        )
        wizard.body += "<p>The camera has been replaced.</p>"
        wizard.with_user(self.manager).action_send()
        escalation = self.answered()
        escalation._mail_client("mileo_client_charter.mail_escalation_late")
        escalation._ask_client()
        mails = self.mails_to(self.alice)
        self.assertGreaterEqual(len(mails), 5)
        for mail in mails:
            with self.subTest(mail.subject):
                self.assertIn("+33 1 02 03 04 05", mail.body_html)
                addresses = set(re.findall(r'href="[^"]*(/[a-z/]+)', mail.body_html))
                self.assertTrue({address for address in addresses if "/charter/" in address})
        answer = mails.filtered(lambda one: "our answer" in one.subject)[0]
        self.assertEqual(len(set(re.findall(r"/charter/l/[\w-]{31}", answer.body_html))), 2)

    def test_our_own_people_have_no_link_of_a_client(self):
        """Who follows an escalation reads what is written to the client, and cannot accept it in its name."""
        escalation = self.env["charter.escalation"]._from_portal(self.alice, "No answer", "Nobody answers.")
        colleague = self.client.child_ids - self.alice
        escalation.sudo().message_subscribe((self.manager.partner_id | colleague).ids)
        self.answer(escalation, self.operations)
        message = escalation.message_ids.filtered(lambda one: self.alice in one.partner_ids)[:1]
        mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        self.assertGreaterEqual(mails.recipient_ids, self.alice | self.manager.partner_id)
        for mail in mails:
            opens = bool(links.OPENS.search(mail.body_html))
            self.assertEqual(opens, mail.recipient_ids == self.alice, mail.recipient_ids.mapped("name"))

    def test_what_a_client_pastes_opens_for_nobody_else(self):
        escalation = self.escalate()
        address = f"https://charter.example.com/charter/l/{self.token(escalation, 'accept')}"
        said = escalation.message_post(
            body=f"It says {address}",
            author_id=self.alice.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn("It says", said.body)
        self.assertIsNone(links.OPENS.search(said.body))

    def test_threads_of_before_are_cleared(self):
        """A database of before has the links in its messages: the update takes them out, and leaves the rest."""
        escalation = self.escalate()
        message = escalation.message_post(body="A word.", message_type="notification")
        opens = self.token(escalation, "accept")
        body = (
            '<p><a href="https://a.example.com/charter/l/{}">Accept</a>, https://a.example.com/charter/1</p>'
        )
        self.cr.execute("UPDATE mail_message SET body = %s WHERE id = %s", [body.format(opens), message.id])
        path = file_path("mileo_client_charter/migrations/19.0.1.3.0/post-links.py")
        load_script(path, "charter_post_links").migrate(self.cr, "19.0.1.2.0")
        message.invalidate_recordset()
        self.assertEqual(message.body, body.format("*"))

    def test_a_survey_is_answered_from_no_thread(self):
        feedback = self.record_of("optout")
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", feedback._name), ("res_id", "=", feedback.id)])
        )
        self.assertTrue(links.OPENS.search(mail.body_html))
        self.assertFalse([one for one in feedback.message_ids if links.OPENS.search(one.body or "")])

    def test_list_unsubscribe_is_short_and_not_encoded(self):
        feedback = self.invitation()
        mail = self.mails_to(self.alice)[-1]
        [email] = mail._prepare_outgoing_list()
        message = self.env["ir.mail_server"]._build_email__(
            "a@x.example.com", ["b@x.example.com"], "s", "b", headers=email["headers"]
        )
        raw = message.as_string(policy=SMTP.clone(utf8=False))
        [line] = re.findall(r"List-Unsubscribe: *(?:\r\n )?(\S+)\r\n", raw)
        self.assertRegex(line, r"^<https?://[^>]+/charter/l/[\w-]{31}>$")
        self.assertEqual(message_from_string(raw)["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        token = line.rsplit("/", 1)[1].rstrip(">")
        self.env.flush_all()
        self.url_open(f"/charter/l/{token}", data={"List-Unsubscribe": "One-Click"}, method="POST")
        self.env.invalidate_all()
        self.assertTrue(self.alice.charter_no_survey)
        page = self.get(token)
        self.assertIn("every right to be heard", page.text)
        self.assertEqual(
            str(feedback._reason_not_to_invite(self.alice, self.client)), "The contact asked for no surveys."
        )

    def test_a_mistaken_mark_is_corrected_for_an_hour(self):
        feedback = self.invitation().sudo()
        feedback._answer(rating=1)
        called = self.promise(feedback, "feedback.callback")
        with self.at(0.5):
            feedback._correct_mark("5")
        self.assertEqual((feedback.rating, feedback.negative, called.state), (5, False, "open"))
        kept = feedback.correction_ids
        self.assertEqual((kept.before, kept.after, kept.for_client), ("1", "5", True))
        with self.at(1.5), self.assertRaisesRegex(ValidationError, "an hour"):
            feedback._correct_mark("4")
        second = self.negative(self.adam, rating=4).sudo()
        second._correct_mark("2")
        self.assertTrue(self.promise(second, "feedback.callback"), "a mark that was worse is called back")
        self.env.flush_all()
        page = self.url_open(f"/charter/s/{second.token}/correct")
        self.assertIn("Correct my rating", page.text)
