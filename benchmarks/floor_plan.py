"""The floor's SQL for planning a meeting: the row, the head's seal and its change row in one statement.

Search words are the text as it was typed: cutting and stemming them is the product's work. So is judging the zone;
where its clock stands is PostgreSQL's here.
"""

LOCAL = """to_char($4::timestamptz AT TIME ZONE 'Europe/London', 'YYYY-MM-DD"T"HH24:MI:SS')"""
PLAN = f"""
WITH new AS (
    INSERT INTO meeting (id, version, outer_version, created_at, updated_at, outer_updated_at, network_id, title,
        description, starts_at, local_start, timezone, duration_minutes, excluded, begins_at, ends_at, mode, place,
        place_private, join_url, status, announced_at, capacity, confidentiality, attendance_hidden, agenda, sequence,
        search_name, search_topics, search_purpose, search_front, search_inside)
    VALUES (gen_random_uuid(), 1, 1, now(), now(), now(), $1, $2::text, $3, $4, {LOCAL}, 'Europe/London', $5, '[]', $4,
        $4::timestamptz + make_interval(mins => $5), $6, $7, false, $8, 'confirmed', now(), $9, 'members', false, $10,
        0, $2::text, '', $3, $7, '')
    RETURNING *
), head AS (
    UPDATE feed_head SET seq = seq + 1,
        seal = encode(sha256(convert_to(seal || (SELECT id FROM new)::text, 'UTF8')), 'hex')
    WHERE id = 1 RETURNING seq, seal
), told AS (
    INSERT INTO change (seq, at, kind, resource_id, network_id, person_id, op, action, tier, outside, version,
        outer_version, name_version, reach, reach_network_id, scope, actor_id, request_id, fields, token_id, seal)
    SELECT head.seq, now(), 'meeting', new.id, new.network_id, NULL, 'upsert', 'meeting.planned', 2, false, 1, 1, NULL,
        NULL, new.network_id, NULL, $11::uuid, gen_random_uuid(), '[]'::json, gen_random_uuid(), head.seal
    FROM head, new
    RETURNING 1
)
SELECT row_to_json(t) FROM (
    SELECT id, network_id, NULL::text AS occurrence, title, description, starts_at, ends_at, local_start, timezone,
        duration_minutes, false AS first_of_two, recurrence, ends_at AS last_ends_at, mode, place, place_private,
        latitude, longitude, join_url, status, announced_at, cancel_reason, capacity, confidentiality,
        attendance_hidden, sequence, follows_id, NULL::text AS my_answer, NULL::text AS my_place,
        NULL::float AS distance_km, created_at, updated_at, version, id || '@qi-networks' AS ical_uid, agenda, excluded,
        '[]'::json AS exceptions,
        '["update", "cancel", "answer", "record_attendance", "write_minutes", "add_action"]'::json AS actions
    FROM new
) t
"""
