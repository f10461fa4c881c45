// Markdown for the runbooks.

local escape(text) = std.strReplace(std.strReplace(text, '|', '\\|'), '\n', ' ');
local row(cells) = '| ' + std.join(' | ', std.map(escape, cells)) + ' |\n';

{
  // table writes a table. head: its titles; rows: lists of cells
  table(head, rows)::
    row(head) + '|' + std.repeat('---|', std.length(head)) + '\n'
    + std.join('', std.map(row, rows)) + '\n',

  // code writes a fenced block. language: such as "sh"; lines: its lines
  code(language, lines):: '```' + language + '\n' + std.join('\n', lines) + '\n```\n\n',

  // text writes a paragraph.
  text(lines):: std.join('\n', lines) + '\n\n',

  // steps writes numbered sections from { title, text }.
  steps(list):: std.join('', std.mapWithIndex(
    function(index, step) '## ' + (index + 1) + '. ' + step.title + '\n\n' + step.text,
    list
  )),
}
