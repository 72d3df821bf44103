# The table of contents, in the charter's own order.

# What nobody edits by hand, and the time it is measured in
from . import charter_files
from . import charter_lock
from . import charter_engine
from . import charter_recorded
from . import charter_correction
from . import charter_engine_sql
from . import charter_merge
from . import ir_cron
from . import charter_seal
from . import resource_calendar
from . import res_company

# The charter as data
from . import charter_document_part
from . import charter_document
from . import charter_article
from . import charter_commitment
from . import charter_tier
from . import charter_service_level
from . import ir_actions_report
from . import ir_rule

# The ledger and the clock
from . import charter_obligation
from . import charter_obligation_opening
from . import charter_obligation_words
from . import charter_obligation_alert
from . import charter_obligation_declared
from . import charter_obligation_pause
from . import charter_obligation_merge
from . import charter_obligation_mixin
from . import charter_scheduler
from . import charter_thread_mixin
from . import charter_client_mixin
from . import mail_thread

# The doors
from . import charter_door
from . import ir_http

# Who answers
from . import charter_assignment
from . import res_partner
from . import res_users
from . import charter_obligation_people
from . import res_partner_contacts
from . import charter_absence
from . import charter_absence_feed
from . import charter_stand_in
from . import charter_handover
from . import charter_contact_sheet
from . import charter_defect

# What is handed over, with proof
from . import charter_delivery
from . import charter_delivery_content
from . import charter_delivery_run
from . import mail_mail

# The contract
from . import contract_contract
from . import contract_contract_write
from . import charter_anniversary

# The work done, and what the client says of it
from . import charter_equipment_tag
from . import charter_equipment
from . import charter_equipment_owner
from . import charter_equipment_stay
from . import charter_equipment_milestone
from . import charter_outage
from . import charter_outage_availability
from . import charter_outage_ingest
from . import charter_intervention
from . import charter_intervention_pause
from . import charter_intervention_promise
from . import charter_intervention_step
from . import charter_intervention_feed
from . import charter_intervention_mixin
from . import charter_intervention_machine
from . import charter_feedback
from . import charter_feedback_invitation
from . import charter_feedback_nps
from . import charter_feedback_correction
from . import charter_agreed_action
from . import charter_corrective_action
from . import charter_escalation
from . import res_config_settings

# What the client reads of it: figures, the activity report and its recommendations
from . import charter_figures
from . import charter_figures_method

# Looking ahead: the client's satisfaction, the year's end and what is coming
from . import charter_nps
from . import charter_handing
from . import charter_remediation
from . import charter_remediation_action
from . import charter_renewal
from . import charter_renewal_decision
from . import charter_renewal_gate
from . import charter_renewal_forecast
from . import charter_review
from . import charter_review_action
from . import charter_review_answer
from . import charter_review_meeting
from . import charter_review_dossier
from . import charter_renewal_legal
from . import charter_notice
from . import charter_notice_line
from . import charter_notice_sending
from . import charter_scheduler_documents
from . import charter_figures_detail
from . import charter_report
from . import charter_recommendation
from . import charter_report_table
from . import charter_report_step
from . import charter_report_draft
from . import charter_report_delivery
from . import charter_report_view
from . import charter_report_section
from . import charter_report_due
from . import charter_report_printing
from . import charter_report_workbook
from . import charter_export
from . import charter_intervention_analysis
from . import charter_report_progress

# Files on record, and what reacts to all of it
from . import ir_attachment
from . import base_automation

# What is forgotten in time
from . import charter_privacy
from . import charter_redaction
from . import charter_anonymiser
from . import res_partner_forgotten

# How clients fare, and what staff look at first
from . import charter_health
from . import res_partner_health
from . import charter_scorecard
from . import charter_nps_answer
from . import charter_cockpit
from . import charter_cockpit_manager
from . import charter_cockpit_operations
from . import charter_cockpit_direction
from . import digest_digest

# Contracts that were there before the charter
from . import charter_onboarding
from . import charter_onboarding_rule
from . import charter_onboarding_line
from . import charter_onboarding_run
