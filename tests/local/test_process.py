import os

import pytest

from infra.local import process, settings


def load(home, **more):
    return settings.load({"PAPERTRAIL_HOME": str(home), **more})


def test_a_stale_pid_is_neither_believed_nor_signalled(tmp_path):
    chosen = load(tmp_path)
    (tmp_path / "server.pid").write_text(str(os.getpid()), encoding="ascii")
    assert process.running_pid(chosen) is None
    assert process.stop(chosen) is False


def test_there_is_one_server_for_an_environment(emulator):
    assert process.running_pid(emulator.settings) is not None
    with pytest.raises(BlockingIOError):
        process.claim(emulator.settings)


def test_starting_again_keeps_the_server_that_runs(emulator):
    first = process.ensure_running(emulator.settings, os.environ)
    pid = process.running_pid(first)
    again = process.ensure_running(first, os.environ)
    assert process.running_pid(again) == pid


def test_a_taken_portal_port_is_named(tmp_path, emulator):
    taken = str(emulator.settings.portal_port)
    with pytest.raises(process.NotStartedError, match="PAPERTRAIL_PORT"):
        process.ensure_running(load(tmp_path / "other", PAPERTRAIL_PORT=taken), os.environ)


def test_ports_and_the_secret_are_kept(tmp_path):
    first, second = load(tmp_path), load(tmp_path)
    assert first == second
    assert (tmp_path / "settings.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    with pytest.raises(ValueError, match="PAPERTRAIL_PORT"):
        load(tmp_path, PAPERTRAIL_PORT=port)


@pytest.mark.parametrize("seed", ["name", "name:", ":password"])
def test_a_seed_needs_a_name_and_a_password(tmp_path, seed):
    with pytest.raises(ValueError, match="username:password"):
        load(tmp_path, PAPERTRAIL_SEED_ADMIN=seed)
