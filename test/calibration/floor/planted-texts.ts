/** What defects are made of, in words of their own: nothing here stands in the simulator. */
export interface PlantedTexts {
  readonly foreign: readonly string[];
  readonly disclaimers: readonly string[];
  readonly refusals: readonly string[];
  readonly puppets: readonly string[];
  readonly empty: readonly string[];
  readonly noise: readonly string[];
}

const leftovers = [
  '{{user}} ',
  '<|im_end|>',
  '[INST] ',
  'Assistant: ',
  '\n### Response:',
  '[object Object]',
  ' \u951f\u65a4\u62f7\u951f\u65a4\u62f7 ',
];

export const english: PlantedTexts = {
  foreign: [
    '我昨天在河边看见一只白鹭，它站了整整一个下午。',
    '其实我也不知道该怎么办，只好先回家再说。',
    'No sé qué decirte, pero mi casa está muy lejos y ya es tarde para volver.',
    'Я не знаю, что тебе сказать, но мы должны уйти отсюда.',
    'そうですね、わたしはまだここにいますから、いつでも来てください。',
    'Ich weiß nicht, was ich dir sagen soll, aber wir sind noch nicht zu Hause.',
  ],
  disclaimers: [
    "I'm an AI language model, so I don't have personal experiences.",
    'As an AI assistant, I do not have feelings or a physical body.',
    'Just a reminder that I am an artificial intelligence and none of this is real.',
    'To be clear, this role-play is entirely fictional and I was trained by OpenAI.',
    '(OOC: I should point out that I am only a computer program.)',
    'Being a large language model, I have no memories of my own.',
    'As a virtual assistant, I cannot feel emotions the way that people do.',
  ],
  refusals: [
    "I'm sorry, but I can't assist with that.",
    "I can't help with this request. Is there something else I can assist you with?",
    'Unfortunately, I cannot generate that kind of content, as it violates my content policy.',
    "I apologize, but I'm not able to continue with this conversation.",
    "I'm not comfortable engaging with this topic. Let's talk about something else.",
    'Sorry, but I must decline to provide that content because it goes against my guidelines.',
  ],
  puppets: [
    '"All right, I\'ll stay," you say, and you sit down beside the window.',
    'You sigh and whisper, "I never should have come here."',
    'You hesitate, then take my hand. You nod and begin to cry.',
    '"Tell me everything," you reply, leaning closer.',
    'You realize that you have loved this place all along, and you decide to stay for ever.',
    'You shake your head and step back. "It was never my fault," you murmur.',
  ],
  empty: [
    'Okay.',
    'I see.',
    'Sure.',
    'Yes, okay.',
    "That's nice.",
    'Hmm, interesting.',
    'Alright then.',
    'Ok. Good.',
  ],
  noise: [...leftovers, ' \ufffd\ufffd\ufffd ', ' â€œ', ' Ã¨Ã© ', ' &quot;&amp; '],
};

export const chinese: PlantedTexts = {
  foreign: [
    'The weather was lovely yesterday and I could not stop thinking about it.',
    "I don't really know what to do about all of this.",
    'She walked to the market in the morning and bought three red apples.',
    'そうですね、わたしはまだここにいますから、いつでも来てください。',
    'Я не знаю, что тебе сказать, но мы должны уйти отсюда.',
    'No sé qué decirte, pero mi casa está muy lejos y ya es tarde.',
  ],
  disclaimers: [
    '作为一个AI语言模型，我没有真实的感情和经历。',
    '我只是一个人工智能助手，无法真正体会这些。',
    '温馨提示：以上对话内容均为虚构，请勿当真。',
    '我是由OpenAI训练的语言模型，没有自己的记忆。',
    '（OOC：其实我只是一个聊天机器人。）',
    '身为人工智能，我并没有身体，也不会感到疼。',
  ],
  refusals: [
    '抱歉，我无法协助您完成这个请求。',
    '很抱歉，我不能提供这类内容，这违反了相关规定。',
    '对不起，我无法继续这个话题。您还有其他问题需要帮助吗？',
    '我不能回答这个问题，因为它涉及敏感内容。',
    '抱歉，您的要求不符合社区准则，我无法满足。',
  ],
  puppets: [
    '“好吧，我留下。”你低声说，然后在窗边坐了下来。',
    '你叹了口气，说：“我本来就不该来。”',
    '你犹豫了一下，握住我的手，忍不住哭了起来。',
    '“都告诉我吧。”你回答道。',
    '你摇摇头，后退了一步，喃喃道：“从来都不是我的错。”',
    '你终于点了点头，决定永远留在这里。',
  ],
  empty: ['嗯。', '好的。', '知道了。', '哦。', '行吧。', '嗯嗯，好的。', '是这样啊。', '挺好的。'],
  noise: [
    ...leftovers,
    '\ufffd\ufffd\ufffd',
    'ä½ å¥½',
    'â€œ',
    '烫烫烫烫烫烫',
    '&nbsp;&nbsp;',
    '\\u4f60\\u597d',
  ],
};
