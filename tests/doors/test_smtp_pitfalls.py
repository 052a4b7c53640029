"""What a mail gateway must survive at its SMTP door, and where that is tested: a dialog file, or a test by name."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent

PITFALLS = {
    "bare LF, bare CR and NUL in DATA": ["bare_lf_cr_nul"],
    "sequences that smuggle a second mail": ["smuggling", "test_replies_and_content_are_those_of_stock_aiosmtpd"],
    "leading dots, and a dot on the first line": ["leading_dots", "empty_message"],
    "commands in the packet of the final dot, and behind STARTTLS": ["pipelined", "pipelined_at_once", "starttls"],
    "the null sender as two characters": ["null_sender"],
    "a bounce to an address of ours": ["null_sender", "forged_return_path"],
    "an answer to the null sender": ["test_strangers_robots_null_paths_loops_and_ourselves_get_no_answer"],
    "postmaster and abuse, without domain, in any case": ["postmaster"],
    "thousands of recipients": ["recipient_flood", "too_many_errors"],
    "one recipient in many spellings": ["same_recipient", "unknown_address"],
    "controls in an address": ["controls_in_addresses", "test_parse_path_raises_nothing_but_its_two_errors"],
    "UTF-8 addresses, domains as U-label and A-label": ["internationalised", "test_one_domain_has_one_canonical_form"],
    "lines of 1,000 octets and more": ["long_lines", "long_command", "test_lines_are_taken_up_to_64_kb"],
    "SIZE that lies, or is over the limit": ["size_lie", "size_declared"],
    "a client that leaves after the final dot": [
        "half_close",
        "test_a_client_that_vanishes_after_the_final_dot_does_not_undo_the_store",
        "test_what_is_being_stored_stays_reserved_though_its_client_is_gone",
    ],
    "a handler that fails": [
        "test_a_failing_store_is_temporary_and_says_nothing_about_us",
        "test_a_failing_address_book_is_temporary_and_says_nothing_about_us",
    ],
    "a full disk": [
        "test_a_disk_below_its_floor_takes_no_mail",
        "test_a_disk_that_fills_up_meanwhile_takes_no_more",
        "test_a_full_disk_and_a_broken_one_are_told_apart",
        "test_a_full_sqlite_database_says_so",
    ],
    "a client that drips, in a command and in DATA; NOOP for ever": [
        "test_a_client_that_drips_commands_is_cut",
        "test_a_sender_that_drips_is_cut",
        "test_a_session_ends_though_it_is_never_idle",
        "noop_flood",
    ],
    "a slow but honest sender": ["test_a_slow_but_honest_sender_takes_as_long_as_it_takes"],
    "a flush that fails": ["test_a_flush_that_fails_is_answered_451_and_what_follows_goes_into_a_new_segment"],
    "a torn record, a flipped byte, a zeroed block": [
        "test_every_prefix_of_a_segment_gives_its_whole_records_and_one_bad_end",
        "test_every_flipped_byte_costs_one_record_and_no_other",
        "test_a_zeroed_block_costs_what_it_covers_and_no_more",
    ],
    "a DNS that does not answer": ["test_the_name_of_the_host_is_never_looked_up"],
    "HTTP or TLS at the plain port": ["http_post", "http_get", "tls_client_hello", "starttls_garbage"],
    "AUTH over implicit TLS, wrong logins without end": [
        "implicit_tls",
        "auth_plain",
        "auth_login",
        "auth_brute_force",
        "auth_in_the_clear",
        "test_wrong_logins_are_answered_late_and_counted_also_of_clients_that_do_not_wait",
    ],
    "one mail to several units": ["several_units"],
}


@pytest.fixture(scope="module")
def known():
    dialogs = {path.stem for path in (TESTS / "dialogs").glob("*.smtp")}
    files = [*TESTS.glob("doors/*.py"), *TESTS.glob("storage/*.py"), *TESTS.glob("hub/*.py"), *TESTS.glob("intake/*.py")]
    return dialogs.union(*(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE) for path in files))


@pytest.mark.parametrize("pitfall", PITFALLS)
def test_a_pitfall_is_tested_where_the_table_says(known, pitfall):
    assert [name for name in PITFALLS[pitfall] if name not in known] == []
