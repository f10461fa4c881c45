// Markdown for the runbooks.
local native = import 'native.libsonnet';

{
  // table writes a table.
  // head: its titles; rows: lists of cells
  table(head, rows):: native.markdownTable({ head: head, rows: rows }),

  // code writes a fenced block. language: such as "sh"; lines: its lines
  code(language, lines):: '```' + language + '\n' + std.join('\n', lines) + '\n```\n\n',

  // text writes a paragraph.
  text(lines):: std.join('\n', lines) + '\n\n',

  // steps writes numbered sections.
  // list: of { title, text }; first: the number of the first
  steps(list, first=1):: std.join('', [
    '## ' + (first + i) + '. ' + list[i].title + '\n\n' + list[i].text
    for i in std.range(0, std.length(list) - 1)
  ]),
}
