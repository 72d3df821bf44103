#!/usr/bin/env bash
# Finding: The Authentication-Results header of Exchange Online and the null sender of a bounce are refused whole by the parser of RFC 8601.
# Expected: authres reads the header in the form the largest mail service writes; at worst it leaves out the part it cannot read.
# Happens: Exchange Online writes no authserv-id, but begins with "spf=pass": SyntaxError. smtp.mailfrom=<> and an address with an accent
#   (RFC 6531): SyntaxError, too, and with it the verdict of dmarc in the same header is lost. Google's and rspamd's forms are read.
# Versions: authres 1.2.0 (PyPI)
# Seen: 2026-11-27
# Matters: A gateway that treats "unreadable" as "nothing said" lets a forged sender start a clock; one that treats it as failed holds every
#   bounce. Our reading leaves out only the result it cannot read, and believes a header only if it begins with the name of the configured server:
#   behind Exchange Online nothing bears that name, so nothing is judged there, as the settings say.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check authres==1.2.0

cat > "$work/read.py" <<'PY'
from importlib.metadata import version

from authres import AuthenticationResultsHeader, AuthResError

print("authres", version("authres"))
HEADERS = {
    "google": "mx.example.com; dkim=pass header.i=@client.example.com; spf=pass (domain of a@client.example.com designates 192.0.2.1) "
    "smtp.mailfrom=a@client.example.com; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=client.example.com",
    "rspamd": 'mx.example.com; dkim=none; spf=softfail smtp.mailfrom=a@client.example.com; dmarc=fail reason="no alignment" header.from=client.example.com (policy=none)',
    "exchange": "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=client.example.com; dkim=none (message not signed) header.d=none;"
    "dmarc=fail action=none header.from=client.example.com;compauth=fail reason=001",
    "null sender": "mx.example.com; spf=pass smtp.mailfrom=<>; dmarc=fail header.from=client.example.com",
    "accent": "mx.example.com; spf=pass smtp.mailfrom=h\u00e9l\u00e8ne@client.example.com; dmarc=fail header.from=client.example.com",
}
for name, header in HEADERS.items():
    try:
        found = AuthenticationResultsHeader.parse(f"Authentication-Results: {header}")
        print(f"{name}:", ", ".join(f"{one.method}={one.result}" for one in found.results))
    except AuthResError as error:
        print(f"{name}: {type(error).__name__}: {str(error)[:60]}")
PY
PYTHONUTF8=1 "$work/venv/bin/python" "$work/read.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the library no longer answers as described above" >&2; exit 1; }
authres 1.2.0
google: dkim=pass, spf=pass, dmarc=pass
rspamd: dkim=none, spf=softfail, dmarc=fail
exchange: SyntaxError: Syntax error: Expected "none" or at least one resinfo at: sm
null sender: SyntaxError: Syntax error: Expected end of text at: <>; dmarc=fail header
accent: SyntaxError: Syntax error: Expected end of text at: élène@client.example.
SEEN
