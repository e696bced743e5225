import type { AnnotatorRange, AsOf, ConversationEvent, StageQuery } from './queries.ts';

type StoryField = Exclude<keyof ConversationEvent, 'annotator_id'>;

const isRead: Readonly<Record<StoryField, true>> = {
  event_id: true,
  type: true,
  session_id: true,
  conversation_id: true,
  day_number: true,
  turn_id: true,
  parent_turn_id: true,
  role: true,
  content: true,
  character_id: true,
  reply_id: true,
  alternatives_of: true,
  model_version: true,
  finish_reason: true,
  context_id: true,
  context_messages: true,
  replacement_turn_id: true,
  value: true,
  over: true,
  training: true,
  minor: true,
};

const storyFields = Object.keys(isRead) as readonly StoryField[];

/** All events of one annotator that conversations are made of, in order: of each field a list. */
export type Story = { readonly annotator_id: string } & {
  readonly [Field in StoryField]: readonly ConversationEvent[Field][];
};

/** The stories of a run of annotators, each in its own order. */
export function storiesQuery(asOf: AsOf, range: AnnotatorRange): StageQuery {
  const columns = storyFields.map((field) => `groupArray(event.${field}) AS ${field}`);
  return {
    // One thread: the lists keep the order of what they are made of, and lines need not be put together again.
    sql: `
SELECT annotator_id, ${columns.join(', ')}
FROM
(
    SELECT *
    FROM conversation_events(app = {app:String}, cut = {cut:Array(UInt64)})
    WHERE annotator_id >= {first:String} AND annotator_id <= {last:String}
    ORDER BY annotator_id, ord
) AS event
GROUP BY annotator_id
ORDER BY annotator_id
SETTINGS max_threads = 1, output_format_parallel_formatting = 0`,
    parameters: { app: asOf.app, cut: asOf.places, first: range.first_annotator, last: range.last_annotator },
  };
}

/** @throws RangeError for a story without events */
export function eventsOfStory(story: Story): [ConversationEvent, ...ConversationEvent[]] {
  const [first, ...rest] = story.event_id.map((event_id, at): ConversationEvent => ({
    annotator_id: story.annotator_id,
    event_id,
    type: story.type[at] ?? 'turn',
    session_id: story.session_id[at] ?? '',
    conversation_id: story.conversation_id[at] ?? '',
    day_number: story.day_number[at] ?? 0,
    turn_id: story.turn_id[at] ?? '',
    parent_turn_id: story.parent_turn_id[at] ?? '',
    role: story.role[at] ?? '',
    content: story.content[at] ?? '',
    character_id: story.character_id[at] ?? '',
    reply_id: story.reply_id[at] ?? '',
    alternatives_of: story.alternatives_of[at] ?? '',
    model_version: story.model_version[at] ?? '',
    finish_reason: story.finish_reason[at] ?? '',
    context_id: story.context_id[at] ?? '',
    context_messages: story.context_messages[at] ?? '',
    replacement_turn_id: story.replacement_turn_id[at] ?? '',
    value: story.value[at] ?? 0,
    over: story.over[at] ?? [],
    training: story.training[at] ?? '',
    minor: story.minor[at] ?? '',
  }));
  if (!first) throw new RangeError('a story without events');
  return [first, ...rest];
}
