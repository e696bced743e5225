import { wordMark } from './word-marks.ts';
import type { CharacterCard } from './character-card.ts';
import type { ScannedText } from './scan-text.ts';

const machineChinese =
  /AI|A\.I|人工智能|模型|机器人|程序|助手|虚构|真实|娱乐|角色|扮演|剧情|OOC|出戏|训练|开发|GPT|我[是叫]/i;
const deskChinese =
  /无法|不能|没法|没有办法|不可以|不便|未能|违反|符合|违背|有违|准则|政策|规范|适当|合适|恰当|敏感|法律/;

const claimsEnglish =
  /\b(?:as|being|i'?m|i am|i’m|just|only|merely|am actually|actually) (?:just |only |merely |simply |actually |really )?(?:an?|the|your) (?:(?:large|helpful|responsible|advanced|artificial|virtual|friendly|digital|computer|trained|text-based) )*(?:a\.?i\.?|language model|ai (?:language )?model|llm|chat ?bot|(?:ai|virtual|digital) assistant|artificial intelligence|computer program|machine learning model|neural network)\b/;
const modelEnglish =
  /\b(?:large language model|ai language model|language model (?:trained|developed|created|made)|(?:trained|developed|created|made) by (?:openai|anthropic|google|meta|microsoft|deepseek|alibaba|minimax|mistral)|my (?:training data|knowledge cut-?off|programming (?:does not|doesn't|prevents)|developers)|i(?: was|'m|’m| am) (?:chatgpt|gpt-?\d|claude|gemini|llama|qwen|deepseek))\b/;
const fictionEnglish =
  /\b(?:this|our|the) (?:conversation|chat|story|scenario|role-?play|roleplay|interaction|scene)\b[^.!?\n]{0,60}\b(?:is|was|are|remains?) (?:purely |entirely |completely |only |just )?(?:fictional|fiction|simulated|not real|made up|for entertainment)|\b(?:stepping|step|breaking|break|speaking|dropping) (?:out of|character|outside)(?: of)? ?(?:character|the role|role)?\b[^.!?\n]{0,30}\b(?:moment|note|to (?:say|clarify|remind|mention)|here)|^\W{0,3}ooc\b|[([]\s*ooc\b/;
const formalEnglish =
  /\b(?:please note|i should (?:clarify|mention|note|point out)|i must (?:clarify|remind)|it(?:'s| is) important to (?:note|remember|clarify)|to be clear|i need to (?:clarify|remind)|just a reminder|disclaimer)\b/;
const denialEnglish =
  /\b(?:do not|don't|don’t|cannot|can't|can’t|not|without|no|never|lack) (?:actually |really |truly |have |possess |experience |feel |physically |any |a |an |the |real |personal |human )*(?:feel|feelings?|emotions?|experiences?|body|bodies|physical|consciousness|have|experience|exist|personal|opinions?|real)\b/;

const claimsChinese =
  /(?:作为|身为|我是|我只是|我不过是|我其实是|只是|我就是)(?:一个|一款|一名|一种|个|一台)?(?:由[^，。]{1,12}(?:开发|训练|研发)的)?(?:大型|大|先进的?|虚拟的?|没有身体的|没有感情的|聊天|智能|人工智能|AI)*(?:语言模型|人工智能|AI|A\.I\.|聊天机器人|智能助手|AI助手|机器人助手|虚拟助手|计算机程序|程序|模型)/i;
const modelChinese =
  /(?:大型?|AI|人工智能)语言模型|(?:由|被)(?:OpenAI|谷歌|百度|阿里|腾讯|深度求索|微软|字节)[^，。]{0,8}(?:训练|开发|创造)|我的(?:训练数据|知识截止|开发者)|我(?:是|叫)(?:ChatGPT|文心一言|通义千问|豆包|DeepSeek|Claude|Kimi)/i;
const fictionChinese =
  /(?:对话|聊天|故事|角色扮演|内容|情节|场景|互动)[^。！？\n]{0,20}(?:纯属虚构|均为虚构|都是虚构|是虚构的|并非真实|不是真实的|仅供娱乐)|(?:跳出|脱离|暂停)(?:一下)?(?:角色|扮演|剧情)|[（(]?\s*(?:OOC|出戏)\s*[:：)）]/i;
const formalChinese =
  /请注意|需要说明|需要澄清|需要提醒|温馨提示|提醒您|请您?知悉|免责声明|澄清一下|必须说明/;
const denialChinese =
  /(?:没有|无法|不能|不具备|不会|并无|并没有|不存在)(?:真正|真的|真实|实际|自己)?(?:的|地)?(?:拥有|感受|体验|体会|身体|情感|感情|感觉|意识|个人|情绪|经历|实体)/;

/**
 * How plainly a reply says that there is no character: 0 not, 1 in passing, 2 as a disclaimer. An AI may say that it is
 * one; that it is a language model, in the voice of a disclaimer, only if its card says so.
 */
export function disclaims({ text, lower, allMarks, han }: ScannedText, card: CharacterCard): 0 | 1 | 2 {
  const mayEnglish = (allMarks & wordMark.machine) !== 0;
  const mayChinese = han > 0 && machineChinese.test(text);
  if (!mayEnglish && !mayChinese) return 0;
  const claims = claimsEnglish.test(lower) || claimsChinese.test(text);
  const model = modelEnglish.test(lower) || modelChinese.test(text);
  const fiction = fictionEnglish.test(lower) || fictionChinese.test(text);
  if (!claims && !model && !fiction) return 0;
  const formal = formalEnglish.test(lower) || formalChinese.test(text);
  if (card.isAi) {
    if (card.isAssistant) return 0;
    const denies = denialEnglish.test(lower) || denialChinese.test(text);
    const speaksOfModel = model || /chat ?bot|language model|聊天机器人|语言模型/.test(lower);
    if (speaksOfModel && (denies || formal || fiction)) return 2;
    return fiction && formal ? 2 : 0;
  }
  if (model || formal) return 2;
  // Without a card nobody knows whether it is one.
  return claims && card.text !== '' ? 2 : 1;
}

const cannotEnglish =
  /\b(?:can't|can’t|cannot|can not|won't|won’t|unable to|not able to|not (?:comfortable|allowed|permitted)(?: to)?|must decline to|have to decline to) (?:be able to )?(?:assist|help|compl[yi]|fulfil|continu|engag|generat|provid|creat|produc|discuss|participat|support|writ|answer|respond)\w*(?: you)?(?: with| in| to)?(?: (?:that|this|your|the|such|these|any))?/;
const subjectEnglish =
  /\b(?:(?:that|this|your|such|the) (?:kind of |type of |sort of )?(?:request|content|topic|conversation|prompt|material|query|question|subject)s?|(?:assist|help|comply|continue|engage)(?: you)? with (?:that|this)(?: (?:request|one))?\s*(?:[.,;!]|$|as |because |about |regarding ))/;
/** Words that only a desk uses for it. */
const deskVerbEnglish =
  /\b(?:assist(?: you)? with|fulfil+ (?:this|that|your|the|such)|comply with (?:this|that|your|such)|(?:generate|create|produce) (?:this|that|such) (?:content|kind|type|material)|engage (?:in|with) (?:this|that|such))/;
const policyEnglish =
  /\b(?:(?:against|violates?|violating|within|under|by|not permitted by|goes? against) (?:my|our|the|its|these|company|openai'?s?) (?:\w+ )?(?:guidelines|polic(?:y|ies)|principles|programming|terms|content policy|safety|ethical)|(?:content|usage|safety|community|ethical|use) (?:guidelines|polic(?:y|ies)|standards)|inappropriate (?:content|request|material|topic)|appropriate and respectful|harmful or (?:illegal|offensive|inappropriate)|explicit (?:content|material)|i (?:have to|must|need to) (?:respectfully )?decline (?:this|that|your) request)\b/;
const offerEnglish =
  /\b(?:(?:is there )?(?:anything|something) else\b[^.!?\n]{0,30}\b(?:assist|help)|happy to (?:help|assist)(?: you)? with (?:something|anything|other)|feel free to ask|let(?:'s|’s| us) (?:talk about|discuss|explore|move on to|switch to|change to|keep)\b[^.!?\n]{0,24}\b(?:else|different|topic|subject|appropriate)|how (?:else )?(?:can|may) i (?:assist|help) you)\b/;
const sorryEnglish =
  /\b(?:i'm sorry|i’m sorry|i am sorry|sorry,? but|i apologi[sz]e|my apologies|unfortunately)\b/;

const cannotChinese =
  /(?:无法|不能|没法|没有办法|不可以|不便|未能)(?:为您|为你|帮您|帮你|给您|给你|再|继续)?(?:继续|满足|提供|协助|回答|讨论|处理|完成|生成|参与|回应|支持|执行|进行|创作|帮助|涉及)/;
const subjectChinese =
  /(?:这个|该|此|您的|你的|这类|此类|相关|关于[^，。]{1,20}的|这样的)?(?:请求|要求|话题|内容|问题|对话|需求|主题|信息|服务)/;
const policyChinese =
  /(?:违反|不符合|违背|有违)[^。！？\n]{0,14}(?:准则|规定|政策|规范|原则|条款|指南|守则)|(?:使用|内容|社区|安全|道德)(?:准则|政策|规范)|不(?:恰当|合适|适当|当)的?(?:内容|请求|话题)|敏感(?:内容|话题|信息)|相关法律法规/;
const offerChinese =
  /(?:还有|有)(?:什么|其他|别的)[^。！？\n]{0,12}(?:可以|能|需要)[^。！？\n]{0,4}(?:帮|协助|效劳)|(?:换个|其他)(?:话题|问题)[^。]{0,12}(?:吧|帮)|随时(?:告诉我|提问|问我)/;
const sorryChinese = /抱歉|对不起|很遗憾|不好意思/;

/**
 * Marks of a service that turns a request down, 0 to 6: from 3 it is one. A character who will not do something for
 * reasons of its own uses one or two of these words, not the desk's.
 */
export function refusalMarks({ text, lower, allMarks, han }: ScannedText): number {
  if ((allMarks & wordMark.desk) === 0 && (han === 0 || !deskChinese.test(text))) return 0;
  const cannot = cannotEnglish.test(lower) || cannotChinese.test(text);
  const policy = policyEnglish.test(lower) || policyChinese.test(text);
  if (!cannot && !policy) return 0;
  const subject = subjectEnglish.test(lower) || (cannotChinese.test(text) && subjectChinese.test(text));
  const offer = offerEnglish.test(lower) || offerChinese.test(text);
  const sorry = sorryEnglish.test(lower) || sorryChinese.test(text);
  const played = /[*“「—]|(?:^|[^a-z])"/.test(text);
  return (
    Number(cannot) +
    Number(subject) +
    Number(cannot && deskVerbEnglish.test(lower)) +
    2 * Number(policy) +
    Number(offer) +
    Number(sorry) -
    Number(played)
  );
}
