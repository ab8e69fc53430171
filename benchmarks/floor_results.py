"""The floor's SQL for a list of results: what anybody reads, newest first, with who wrote it where that is said."""

CARD = (
    "json_build_object('id', p.id, 'display_name', p.display_name, 'profession', p.profession, 'organisation', "
    "CASE WHEN po.code IS NOT NULL THEN json_build_object('code', po.code, 'name', po.name) END)"
)
AUTHORS = (
    f"SELECT json_agg({CARD} ORDER BY a.position, a.person_id) FROM result_author a "
    "JOIN person p ON p.id = a.person_id LEFT JOIN organisation po ON po.code = p.organisation_code "
    "WHERE a.result_id = r.id AND NOT a.removed"
)
RESULTS = f"""
SELECT json_build_object('items', COALESCE(json_agg(t), '[]')) FROM (
    SELECT r.id, r.network_id, r.title, r.kind, r.summary, r.outcome, r.topics,
        CASE WHEN r.attribution <> 'network_only' AND o.code IS NOT NULL
            THEN json_build_object('code', o.code, 'name', o.name) END AS organisation,
        CASE WHEN r.attribution = 'named' THEN ({AUTHORS}) ELSE '[]'::json END AS authors,
        false AS mine, r.attribution, r.audience, r.status, r.hidden_on IS NOT NULL AS hidden, r.licence,
        r.adoption_summary AS adoptions, r.published_on, (r.created_at AT TIME ZONE 'UTC')::date AS created_on,
        (r.updated_at AT TIME ZONE 'UTC')::date AS updated_on, r.version
    FROM result r JOIN network n ON n.id = r.network_id LEFT JOIN organisation o ON o.code = r.organisation_code
    WHERE r.kind = $1 AND r.status = 'published' AND r.audience = 'public' AND r.hidden_on IS NULL AND n.open_inside
        AND (r.listed_on, r.id) < ($2, $3)
    ORDER BY r.listed_on DESC, r.id DESC LIMIT $4
) t
"""
