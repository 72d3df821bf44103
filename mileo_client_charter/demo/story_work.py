"""The work done these last weeks: what was on time, what waited for a part, what is running now."""


def _report(story, days, name, client, priority="1", technician="thomas", **values):
    with story.at(days):
        return (
            story.env["charter.intervention"]
            .with_context(mail_auto_subscribe_no_notify=True)
            .create(
                {
                    "name": name,
                    "partner_id": story.ref(f"client_{client}").id,
                    "contract_id": story.ref(f"contract_{client}").id,
                    "user_id": story.ref(f"user_{technician}").id,
                    "priority": priority,
                    **values,
                }
            )
        )


def _close(story, days, intervention, work_done):
    with story.at(days):
        intervention.action_close(work_done=f"<p>{work_done}</p>")
    # The story of what clients said is told elsewhere.
    intervention.feedback_ids.sudo()._skip_planned("Demo: not asked.")


def weeks_before(story):
    """A part that had to be ordered, a night that ended well, and one that did not."""
    recorder = _report(story, -17, "Recorder 2 restarts by itself", "alpine", priority="2")
    with story.at(-16.95):
        recorder.action_respond()
    with story.at(-16.8):
        recorder.action_pause("A power supply is on order at the maker's")
    with story.at(-14.8):
        recorder.action_resume()
    _close(story, -14.7, recorder, "Power supply replaced, recordings of the last week checked.")

    barrier = _report(story, -13, "Barrier of the loading bay stays open", "bastide", priority="2")
    with story.at(-12.9):
        barrier.action_respond()
    _close(story, -12.6, barrier, "Induction loop re-tuned.")

    alarm = _report(story, -12, "Siren does not stop", "alpine", priority="3")
    with story.at(-11.98):
        alarm.action_respond()
    _close(story, -11.4, alarm, "Siren board replaced. The spare had to be fetched from Lyon.")


def on_the_desks(story):
    """Now: one to answer, one in progress, one that waits for the client."""
    reader = _report(story, -0.12, "Badge reader of the stock room is dark", "alpine", priority="2")
    with story.at(-0.1):
        reader.action_respond()
    waiting = _report(story, -0.09, "Intercom: no sound at the gate", "cedre")
    with story.at(-0.08):
        waiting.action_respond()
        waiting.action_pause("The shop is closed until tomorrow")
    _report(story, -0.03, "Two cameras out of focus after the storm", "bastide")
    _report(story, -0.02, "Alarm centre unreachable", "alpine", priority="3")
