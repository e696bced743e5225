/**
 * Statements over the tables of evidence (infra/clickhouse/0005). All take `app` and `build`. What one step wrote the
 * next reads; nothing of a text is in them.
 */

const ofBuild = 'WHERE app = {app:String} AND build_id = {build:String}';

/** Replies below the floor: those with a flag that drops. */
const flagged = `
SELECT annotator_id, turn_id
FROM reply_flags FINAL
${ofBuild} AND level = 'drop'
GROUP BY annotator_id, turn_id`;

const shownWithFloor = `
SELECT shown.*, toInt16(flagged.turn_id != '') AS floor
FROM (SELECT * FROM shown_replies FINAL ${ofBuild}) AS shown
LEFT JOIN (${flagged}) AS flagged ON shown.annotator_id = flagged.annotator_id AND shown.turn_id = flagged.turn_id`;

/** Replies that are alike in everything the reaction model sees, counted. */
export const reactionCellsSql = `
SELECT annotator_id, floor, style, tries, liked, regenerated, count() AS replies
FROM (${shownWithFloor})
GROUP BY annotator_id, floor, style, tries, liked, regenerated
ORDER BY annotator_id, floor, style, tries, liked, regenerated`;

/** Replies that stood side by side, each with what the reaction model sees of it. */
export const sideBySideSql = `
SELECT annotator_id, turn_id, floor, style, tries, liked, regenerated
FROM (${shownWithFloor})
WHERE side_by_side`;

/** Joins the model's lookup table back to the replies. */
export const insertRewardsSql = `
INSERT INTO reply_rewards
SELECT
    {app:String} AS app,
    {build:String} AS build_id,
    shown.annotator_id AS annotator_id,
    shown.turn_id AS turn_id,
    shown.session_id AS session_id,
    shown.group_id AS group_id,
    known.reward AS reward,
    known.variance AS variance,
    known.p_typical AS p_typical,
    shown.floor AS floor,
    shown.floor > 0 AS floor_flag,
    shown.alternative_index = 1 AS first_alternative
FROM (${shownWithFloor}) AS shown
INNER JOIN (SELECT * FROM reaction_posteriors FINAL ${ofBuild}) AS known
    ON shown.annotator_id = known.annotator_id AND shown.floor = known.floor AND shown.style = known.style
    AND shown.tries = known.tries AND shown.liked = known.liked AND shown.regenerated = known.regenerated`;

/** What pairs need of the replies of a run of annotators: of each annotator a list for each column. */
export const evidenceSql = `
SELECT
    rewards.annotator_id AS annotator_id,
    ${[
      ...['turn_id', 'reward', 'variance', 'p_typical', 'floor', 'floor_flag'].map((name) => [
        'rewards',
        name,
      ]),
      ...['style', 'tries', 'liked', 'regenerated', 'language', 'length_chars', 'user_turns'].map((name) => [
        'shown',
        name,
      ]),
    ]
      .map(([table = '', name = '']) => `groupArray(${table}.${name}) AS ${name}`)
      .join(', ')}
FROM (SELECT * FROM reply_rewards FINAL ${ofBuild} AND annotator_id >= {first:String} AND annotator_id <= {last:String}) AS rewards
INNER JOIN (SELECT * FROM shown_replies FINAL ${ofBuild} AND annotator_id >= {first:String} AND annotator_id <= {last:String}) AS shown
    ON rewards.annotator_id = shown.annotator_id AND rewards.turn_id = shown.turn_id
GROUP BY rewards.annotator_id`;

/** Lists what the floor caught among what the dataset did without. */
export const insertFloorDropsSql = `
INSERT INTO dataset_drops (app, dataset_id, stage, reason, turn_id, other_turn_id, event_id, annotator_id, session_id)
SELECT
    {app:String} AS app, {build:String} AS dataset_id, 'floor' AS stage, flags.check AS reason,
    flags.turn_id AS turn_id, '' AS other_turn_id, '' AS event_id,
    flags.annotator_id AS annotator_id, shown.session_id AS session_id
FROM (SELECT * FROM reply_flags FINAL ${ofBuild} AND level = 'drop') AS flags
INNER JOIN (SELECT annotator_id, turn_id, session_id FROM shown_replies FINAL ${ofBuild}) AS shown
    ON flags.annotator_id = shown.annotator_id AND flags.turn_id = shown.turn_id`;

/** Places of conversations that a user had said something in, the first so many by a hash. */
export const promptPlacesSql = `
SELECT group_id
FROM shown_replies FINAL
${ofBuild} AND user_turns > 0
GROUP BY group_id
ORDER BY sipHash64({seed:String}, group_id), group_id
LIMIT {limit:UInt32}`;
