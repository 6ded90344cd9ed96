"""Limits on what is read from outside: sizes, depths and counts."""

MEBIBYTE = 1024 * 1024

POLICY_FILE_BYTES = 5 * MEBIBYTE
POLICY_BYTES = 20 * MEBIBYTE
POLICY_NESTING = 50
POLICY_FILES = 10_000
POLICY_DOCUMENTS = 2_000
# Keys, items of lists, lists and mappings of all policies of a run: some five thousand requirements.
POLICY_VALUES = 50_000
FAULTS_SHOWN = 100
# Once so many are found, no further file is looked at.
MOST_FAULTS = 1_000
# Those of a base count for each policy that extends it.
REQUIREMENTS = 20_000
WAIVERS = 2_000
# Ids and names with * in all policies and waivers of a run: each is held against every control or requirement.
PATTERNS = 500

SNAPSHOT_FILE_BYTES = 256 * MEBIBYTE
SNAPSHOT_FILES = 1_000
# Of all files of a snapshot, unpacked.
SNAPSHOT_BYTES = 1024 * MEBIBYTE
# A large tenant has a thousand controls, and a store keeps ten years.
SNAPSHOT_CONTROLS = 50_000
SNAPSHOT_DAYS = 10_000
GRAPH_PAGE_BYTES = 64 * MEBIBYTE
GRAPH_ERROR_BYTES = 64 * 1024
SIGN_IN_BYTES = MEBIBYTE
# Python's reader of TOML takes memory that grows with the square of a dotted key: of 64 KiB it makes gigabytes.
SETTINGS_FILE_BYTES = 16 * 1024
REPORT_FILE_BYTES = 64 * MEBIBYTE

LOCK_FILE_BYTES = MEBIBYTE
CATALOGUE_FILE_BYTES = 5 * MEBIBYTE

# What --evidence keeps of a run: a large tenant's three months have some 20 MiB.
EVIDENCE_BYTES = 256 * MEBIBYTE
EVIDENCE_MEMBERS = 12_000
EVIDENCE_MANIFEST_BYTES = 8 * MEBIBYTE
EVIDENCE_SIGNATURE_BYTES = 16 * 1024
SIGNERS_FILE_BYTES = MEBIBYTE

PLAN_FILE_BYTES = 16 * MEBIBYTE
JOURNAL_FILE_BYTES = 64 * MEBIBYTE
