#!/bin/sh
# Installs the Debian packages that integration tests talk to: a real PostgreSQL, Postfix, Dovecot, poppler's pdfsig, strace,
# SoftHSM, xmlsec1, openssl.
# Nothing is started and no service is configured: the tests run their own, on loopback, in temporary folders.
set -eu

missing=""
need() { # need PACKAGE COMMAND: the package is missing when the command is.
    command -v "$2" >/dev/null 2>&1 || missing="$missing $1"
}

PATH="$PATH:/usr/sbin:/sbin"
for folder in /usr/lib/postgresql/*/bin; do PATH="$PATH:$folder"; done
need postgresql initdb
need postfix postfix
need dovecot-imapd dovecot
need poppler-utils pdfsig
need strace strace
need softhsm2 softhsm2-util
need xmlsec1 xmlsec1
need openssl openssl

if [ -z "$missing" ]; then
    exit 0
fi

as_root=""
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need these programs, and there is no apt-get here to install them:$missing. Install them and run make test again." >&2
    exit 1
elif [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "The tests need the system packages$missing and may not install them: run 'sudo apt-get install$missing', then make test again." >&2
        exit 1
    fi
    as_root="sudo"
fi

echo "Installing system packages for the tests:$missing" >&2
# A policy of 101 keeps the packages from starting their services.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi
case "$missing" in
*postfix*)
    $as_root apt-get -q update
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy install debconf
    echo "postfix postfix/main_mailer_type select No configuration" | $as_root debconf-set-selections
    ;;
*) $as_root apt-get -q update ;;
esac
# shellcheck disable=SC2086 # the list is meant to be split
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends install $missing
