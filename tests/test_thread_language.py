"""What the program itself writes on a thread is in the language of the company's people: every post in the code, found by its call."""

import ast
import pathlib

ROOT = pathlib.Path(__file__).parent.parent
POSTS = {"message_post", "_message_log"}
# Functions whose words are somebody's: what a client or one of ours wrote or clicked, or what is written to one reader.
WORDS_OF_SOMEBODY = {
    ("charter_thread_mixin.py", "_charter_keep_files"),
    ("charter_client_mixin.py", "_charter_write_to_client"),
    ("charter_escalation_links.py", "_trace"),
    ("charter_feedback_links.py", "_link_callback"),
    ("charter_year_links.py", "_link_decline"),
    ("charter_review_dossier.py", "_record_minutes"),
}
STAFF = ("_charter_for_staff(", "_charter_staff_lang(")


def _posts():
    """(file, function, its source) of each function that posts on a thread."""
    for path in sorted(ROOT.glob("mileo_client_charter*/models/**/*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            # An override hands on what was posted.
            if (
                isinstance(node, ast.FunctionDef)
                and node.name not in POSTS
                and any(
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr in POSTS
                    for call in ast.walk(node)
                )
            ):
                yield path.name, node.name, ast.get_source_segment(source, node)


def test_what_the_program_posts_is_in_the_language_of_its_people():
    wrong = [
        (file, name)
        for file, name, source in _posts()
        if (file, name) not in WORDS_OF_SOMEBODY and not any(words in source for words in STAFF)
    ]
    assert wrong == []


def test_the_exceptions_are_there():
    there = {(file, name) for file, name, _source in _posts()}
    assert there >= WORDS_OF_SOMEBODY, WORDS_OF_SOMEBODY - there
    assert len(there) > 12, "the sweep sees the posts"
