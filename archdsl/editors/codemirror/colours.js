// The colour of each kind of word.

import { styleTags, tags } from "@lezer/highlight";

export const colours = styleTags({
  Keyword: tags.keyword,
  "Declared!": tags.definition(tags.typeName),
  Op: tags.function(tags.name),
  LibraryBlock: tags.className,
  Function: tags.standard(tags.name),
  Type: tags.typeName,
  Constant: tags.bool,
  Number: tags.number,
  String: tags.string,
  Doc: tags.docString,
  Comment: tags.lineComment,
  "Argument!": tags.attributeName,
  "Tap!": tags.definition(tags.variableName),
  Attribute: tags.propertyName,
  Name: tags.variableName,
  "TemplateOpen TemplateMiddle TemplateClose": tags.variableName,
  Operator: tags.operator,
  Punctuation: tags.punctuation,
});
