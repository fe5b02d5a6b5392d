"""What stands in a Markdown document, in order: commands, programs, and quoted lines of source."""
import re
from dataclasses import dataclass, field

# What a command begins with; other code that is quoted is no command.
PROGRAM = r"(?:bin/tessera|tessera|\./dev|\.ci/run|perf|git|ls|head|cat|bash|build/python/bin/python|Scripts/\S+|Tests/\S+\.py|\$ )"
BLOCK_COMMAND = re.compile(rf"^{PROGRAM}(?:\s|$)")
INLINE_COMMAND = re.compile(r"^(?:bin/tessera|tessera|\./dev|\.ci/run|perf|build/python/bin/python|Scripts/\S+|Tests/\S+\.py)(?:\s|$)")
# The words that follow a program's name in prose: `tessera compile` names a command, and is none.
MENTION = re.compile(r"^(?:bin/)?tessera(?: [a-z]+)?$|^Tests/\S+\.py$|^Scripts/\S+$|^\.ci/run$|^perf$|^\./dev$")


@dataclass
class Item:
    """A command, a Python program, a mention of a program, or quoted source."""
    kind: str
    text: str
    line: int
    output: list[str] | None = None  # what a command of a `console` block prints
    code: int = 0
    lines: list[str] = field(default_factory=list)


def blocks_and_prose(text):
    """Yields (language or None, first line's number, lines): fenced blocks, indented ones ('indented'), and lines of prose (None)."""
    lines, at = text.split("\n"), 0
    after_blank = True
    while at < len(lines):
        line = lines[at]
        fence = re.match(r"^( *)```(\w*)", line)
        if fence:
            end = next(i for i in range(at + 1, len(lines)) if lines[i].strip() == "```")
            indent = len(fence[1])
            yield fence[2] or "text", at + 2, [part[indent:] for part in lines[at + 1:end]]
            at, after_blank = end + 1, False
        elif after_blank and re.match(r"^ {4}", line):
            end = at
            while end < len(lines) and (re.match(r"^ {4}", lines[end]) or not lines[end].strip()):
                end += 1
            block = lines[at:end]
            while not block[-1].strip():
                block.pop()
            indent = min(len(part) - len(part.lstrip()) for part in block if part.strip())
            yield "indented", at + 1, [part[indent:] for part in block]
            at += len(block)
            after_blank = False
        else:
            yield None, at + 1, [line]
            # a block may follow the line that opens a list's item, and ends, as a paragraph does, with nothing
            after_blank = not line.strip()
            at += 1


def console(lines, first):
    """Yields the commands of a `console` block, with what they print."""
    item = None
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            if item:
                yield item
            item = Item("command", line[2:], number, output=[])
        elif item and (code := re.match(r"^\[exit (\d+)\]$", line)):
            item.code = int(code[1])
        elif item and item.text.endswith("\\"):
            item.text = item.text[:-1] + line.strip()
        elif item:
            item.output.append(line)
    if item:
        yield item


def items(text):
    """Returns all items of a document."""
    found = []
    for language, first, lines in blocks_and_prose(text):
        if language is None:
            for code in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", lines[0]):
                if MENTION.match(code):
                    found.append(Item("mention", code, first))
                elif INLINE_COMMAND.match(code):
                    found.append(Item("command", code, first))
        elif language == "console":
            found += console(lines, first)
        elif language == "python":
            found.append(Item("python", "\n".join(lines), first))
        elif language in ("indented", "sh"):
            commands = [Item("command", line, number) for number, line in enumerate(lines, first) if BLOCK_COMMAND.match(line)]
            found += commands
            if not commands:
                found.append(Item("quoted", lines[0], first, lines=lines))
    return found
