"""The floor's SQL, as somebody would write it who wants nothing but speed.

Instants come as PostgreSQL writes them into JSON, which costs less than the product's fixed width.
"""

from functools import cache

from app.db.search import AS_TYPED, FIELDS, FIRST, LONG, LONGEST, REST, TOGETHER, Shape

NOBODY = "00000000-0000-0000-0000-000000000000"
# Stamps as outsiders see them: what they see of a private network is its name alone.
OUTER = (
    "CASE WHEN outer_tier = 1 THEN outer_updated_at ELSE name_updated_at END AS updated_at, "
    "CASE WHEN outer_tier = 1 THEN outer_version ELSE name_version END AS version"
)
# What everybody sees of a network, and what only an open front shows.
NAME = (
    "id", "name", "slug", "purpose", "visibility", "join_policy", "parent_id", "archived_at", "created_at",
    OUTER,
)  # fmt: skip
FRONT = (
    "kind", "aims", "topics", "professions", "region", "icbs", "place", "latitude", "longitude",
    "host", "hosted_at", "verified", "meets", "member_offer", "lifecycle_stage", "member_count",
    "facilitators", "links", "closing_note",
)  # fmt: skip
INSIDE = ("engagement_strategy", "resourcing", "charter", "size_target", "footprint")
HOST = "json_build_object('code', host_code, 'name', host_name)"
DISTANCE = (
    "asin(sqrt(sin(radians(latitude - $1) / 2) ^ 2 + cos(radians($1)) * cos(radians(latitude)) "
    "* sin(radians(longitude - $2) / 2) ^ 2)) * (2 * 6371.0088)"
)
MAY_JOIN = (
    "CASE WHEN archived_at IS NULL AND hosted_at IS NULL AND parent_id IS NULL AND join_policy <> 'invite' "
    "THEN '[\"join\"]'::json ELSE '[]'::json END AS actions"
)


def _columns(*, masked: bool) -> str:
    """The front of a network; `masked` leaves out what a private one does not show."""
    front = []
    for name in FRONT:
        value = HOST if name == "host" else name
        front.append(
            f"CASE WHEN outer_tier = 1 THEN {value} END AS {name}"
            if masked
            else f"{value} AS {name}"
        )
    tier = "CASE WHEN outer_tier = 1 THEN 'front' ELSE 'name' END" if masked else "'front'"
    return ", ".join([*NAME, *front, f"{tier} AS tier"])


def _page(select: str) -> str:
    return f"SELECT json_build_object('items', COALESCE(json_agg(t), '[]')) FROM ({select}) t"


_INSIDE = ", ".join(f"NULL::text AS {name}" for name in INSIDE)
ONE = (
    f"SELECT row_to_json(t) FROM (SELECT {_columns(masked=False)}, {_INSIDE}, "
    f"NULL::text AS membership, {MAY_JOIN} FROM network WHERE id = $1 AND outer_tier = 1) t"
)
LIST = _page(
    f"SELECT {_columns(masked=False)}, NULL::float AS distance_km FROM network "
    "WHERE region = $1 AND (name, id) > ($2, $3) AND outer_tier = 1 AND archived_at IS NULL "
    "ORDER BY name, id LIMIT $4"
)
NEAR = _page(
    f"SELECT {_columns(masked=False)}, distance_km FROM network JOIN (SELECT id AS found, {DISTANCE} AS distance_km "
    "FROM network WHERE latitude BETWEEN $4 AND $5 AND longitude BETWEEN $6 AND $7 AND outer_tier = 1 "
    f"AND archived_at IS NULL AND {DISTANCE} <= $3 ORDER BY distance_km, id LIMIT $8) f ON id = found "
    "ORDER BY distance_km, id"
)
MEMBERS = _page(
    "SELECT m.id, m.network_id, json_build_object('id', p.id, 'display_name', p.display_name, 'profession', "
    "p.profession, 'organisation', CASE WHEN o.code IS NOT NULL THEN json_build_object('code', o.code, 'name', "
    "o.name) END) AS person, m.role, m.status, m.representing, m.offer, NULL::text AS message, m.joined_at, "
    "m.created_at, m.updated_at, m.version FROM member m JOIN person p ON p.id = m.person_id "
    "LEFT JOIN organisation o ON o.code = p.organisation_code "
    "WHERE m.network_id = $1 AND m.status = 'active' ORDER BY m.id LIMIT $2"
)


@cache
def search(shape: Shape) -> tuple[str, tuple[str, ...]]:
    """Full text for a question of this shape, and the names of its parameters but for the last, which is the limit.

    Scored on the words of the fields that weigh more; the rows are fetched when the page is known.
    """
    names = ["q"]

    def found(column: str, *patterns: str) -> str:
        parts = []
        for pattern in patterns:
            if pattern not in names:
                names.append(pattern)
            parts.append(f"strpos(' ' || {column} || ' ', ${names.index(pattern) + 1}::text) > 0")
        return " OR ".join(parts)

    def one(index: int, synonyms: int, *, sure: bool) -> str:
        last = shape.open_ended and index == len(shape.groups) - 1
        literal = [f"m{index}", *(["p"] if last else [])]
        others = [f"s{index}_{number}" for number in range(synonyms)]
        whens = []
        for column, (own, other) in FIELDS.items():
            more = f" + CASE WHEN {found(column, f't{index}')} THEN {AS_TYPED} ELSE 0 END"
            worth = f"{own}{more if column == 'search_name' else ''}"
            whens.append((own, f"WHEN {found(column, *literal)} THEN {worth}"))
            if others:
                whens.append((other, f"WHEN {found(column, *others)} THEN {other}"))
        said = found("search_front", *literal, *others) if not sure else "true"
        rest = f"CASE WHEN {said} THEN {REST} ELSE 0 END"
        cases = " ".join(when for _, when in sorted(whens, reverse=True))
        names.append(f"w{index}")
        return f"${len(names)}::int * CASE {cases} ELSE {rest} END"

    parts = [one(index, count, sure=sure) for index, (count, sure) in enumerate(shape.groups)]
    if shape.several:
        names += ["all_0", "all_1"]
        at = [
            f"strpos(' ' || search_name || ' ', ${number}::text)"
            for number in (len(names) - 1, len(names))
        ]
        first, there = (" OR ".join(f"{place} {how}" for place in at) for how in ("= 1", "> 0"))
        parts.append(f"CASE WHEN {first} THEN {FIRST} WHEN {there} THEN {TOGETHER} ELSE 0 END")
    score = " + ".join(parts) + f" - least(length(search_name) + 2, {LONGEST}) / {LONG}"
    open_to_all = "outer_tier >= 1 AND words_front @@ $1::text::tsquery"
    by_name = "outer_tier = 0 AND outer_tier < 1 AND words_name @@ $1::text::tsquery"
    narrow = "search_name, search_purpose FROM network WHERE archived_at IS NULL AND"
    found_by = (
        f"SELECT id, search_topics, search_front, {narrow} {open_to_all} "
        f"UNION ALL SELECT id, '', '', {narrow} {by_name}"
    )
    text = _page(
        f"SELECT {_columns(masked=True)}, NULL::float AS distance_km FROM network JOIN (SELECT id AS found, {score} "
        f"AS score FROM ({found_by}) w ORDER BY score DESC, id DESC LIMIT ${len(names) + 1}) f ON id = found "
        "ORDER BY score DESC, id DESC"
    )
    return text, tuple(names)


JOIN = """
WITH new AS (
    INSERT INTO member (id, network_id, person_id, role, status, offer, added_by, joined_at,
        version, outer_version, created_at, updated_at, outer_updated_at)
    VALUES (gen_random_uuid(), $1, $2, 'member', 'active', $3, $2, now(), 1, 1, now(), now(), now())
    RETURNING *
), held AS (
    INSERT INTO member_role (id, member_id, role, from_at, by_id)
    SELECT gen_random_uuid(), id, role, joined_at, person_id FROM new RETURNING 1
), counted AS (
    UPDATE network SET member_count = member_count + 1, version = version + 1,
        outer_version = outer_version + 1, updated_at = now(), outer_updated_at = now()
    WHERE id = $1 RETURNING id, version, outer_version, name_version
), head AS (
    UPDATE feed_head SET seq = seq + 2,
        seal = encode(sha256(convert_to(seal || (SELECT id FROM new)::text, 'UTF8')), 'hex')
    WHERE id = 1 AND (SELECT count(*) FROM held) = 1 AND (SELECT count(*) FROM counted) = 1 RETURNING seq, seal
), told AS (
    INSERT INTO change (seq, at, kind, resource_id, network_id, person_id, op, action, tier, outside, version,
        outer_version, name_version, reach, reach_network_id, scope, actor_id, request_id, fields,
        token_id, seal)
    SELECT head.seq - 1, now(), 'member', new.id, new.network_id, new.person_id, 'upsert', 'member.joined', 0, true, 1,
        1, NULL, NULL, new.network_id, NULL, new.person_id, gen_random_uuid(), '[]'::json,
        gen_random_uuid(), head.seal FROM head, new
    UNION ALL
    SELECT head.seq, now(), 'network', counted.id, counted.id, $2, 'upsert', 'network.member_joined', 1, true,
        counted.version, counted.outer_version, counted.name_version, NULL, counted.id, 'person', $2, gen_random_uuid(),
        '["member_count"]'::json, gen_random_uuid(), head.seal FROM head, counted
    RETURNING 1
)
SELECT row_to_json(t) FROM (
    SELECT new.id, new.network_id, json_build_object('id', p.id, 'display_name', p.display_name, 'profession',
        p.profession, 'organisation', CASE WHEN o.code IS NOT NULL THEN json_build_object('code', o.code, 'name',
        o.name) END) AS person, new.role, new.status, new.representing, new.offer, new.message, new.joined_at,
        new.created_at, new.updated_at, new.version
    FROM new JOIN person p ON p.id = new.person_id LEFT JOIN organisation o ON o.code = p.organisation_code
) t
"""
