"""Users of keys of monitoring systems are employees no more: their group implied it, and so they listed contacts and users.

Who is a person all the same keeps what they had.
"""

import logging

_logger = logging.getLogger(__name__)

# Users in the group, and whether one is a program: no role here, and no group besides what Odoo gives any new user.
USERS = """
    WITH named AS (
        SELECT name, res_id AS id FROM ir_model_data
         WHERE model = 'res.groups'
           AND (module, name) IN (('mileo_client_charter', 'group_charter_monitoring'), ('base', 'group_user'),
                                  ('base', 'default_user_group'))
    ), usual AS (
        SELECT id FROM named
         UNION SELECT implied.hid FROM res_groups_implied_rel implied JOIN named ON named.id = implied.gid
                WHERE named.name = 'default_user_group'
    )
    SELECT users.id, users.login,
           NOT EXISTS (SELECT 1 FROM res_groups_users_rel other
                        WHERE other.uid = users.id AND other.gid NOT IN (SELECT id FROM usual))
           AND NOT EXISTS (SELECT 1 FROM charter_assignment WHERE user_id = users.id) AS program
      FROM res_users users
      JOIN res_groups_users_rel rel ON rel.uid = users.id
      JOIN named ON named.id = rel.gid AND named.name = 'group_charter_monitoring'
     ORDER BY users.id
"""


def migrate(cr, version):
    cr.execute(USERS)
    found = cr.fetchall()
    if not found:
        return
    programs = [number for number, _login, program in found if program]
    people = {number: login for number, login, program in found if not program}
    cr.execute(
        """
        DELETE FROM res_groups_users_rel rel
         USING ir_model_data data
         WHERE data.module = 'mileo_client_charter' AND data.name = 'group_charter_monitoring'
           AND rel.uid = ANY(%(programs)s) AND rel.gid != data.res_id
        """,
        {"programs": programs},
    )
    cr.execute(
        "UPDATE res_users SET share = true, notification_type = 'email' WHERE id = ANY(%s)", [programs]
    )
    # Who was an employee by this group alone stays one.
    cr.execute(
        """
        INSERT INTO res_groups_users_rel (gid, uid)
        SELECT data.res_id, person FROM ir_model_data data, unnest(%s::int[]) person
         WHERE data.module = 'base' AND data.name = 'group_user'
            ON CONFLICT DO NOTHING
        """,
        [list(people)],
    )
    if people:
        _logger.warning(
            "Client Charter: monitoring is for programs, and these users have other rights besides: %s. Make the program a "
            "key of its own (Client Charter > Configuration > Keys of programs), and take the group from them.",
            ", ".join(people.values()),
        )
