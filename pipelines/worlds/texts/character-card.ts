import type { Character } from './characters.ts';

/** The system turn that opens a conversation: what a quality check may know about the character. */
export function cardOf(character: Character): string {
  const { name, persona, catchphrase } = character;
  if (character.language === 'zh') {
    const format =
      character.format === 'quotes' ? '对白写在“”里，其余是叙述。' : '动作写在*星号*之间，其余是对白。';
    return `姓名：${name}\n语言：中文\n身份：${kindsInChinese[character.kind]}\n人设：${persona}\n口头禅：${catchphrase}\n${format}始终保持角色，不替用户说话或行动，给用户留下回应的余地。`;
  }
  const format =
    character.format === 'quotes'
      ? 'Speech stands in double quotes, the rest is narration.'
      : 'Actions stand between *asterisks*, the rest is speech.';
  return `Name: ${name}\nLanguage: English\nKind: ${character.kind}\nPersona: ${persona}\nCatchphrase: ${catchphrase}\n${format} Stay in character, never speak or act for the user, leave the user something to answer.`;
}

const kindsInChinese = { person: '人物', machine: '人工智能', narrator: '旁白' };
