"""What jinja2 makes of chat templates: goldens.json for published templates, programs.json and wide-programs.json for random ones,
constructs.json for the templates in constructs.txt, which have %% between.

  pip install jinja2==3.1.6; python generate.py

The templates in templates/ have the form that the checkpoints of their names were published with, tool descriptions shortened. The settings
are those of transformers: trim_blocks, lstrip_blocks, a sandbox, tools and documents None, tojson without escapes, raise_exception,
strftime_now at a fixed time, and {% generation %} as a mark without effect.
"""
import datetime, json, os, random
import jinja2, jinja2.ext, jinja2.sandbox

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENS = dict(bos_token="<s>", eos_token="</s>")


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("written"), [], [], body).set_lineno(line)

    def written(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


ENV = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
ENV.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
    x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
ENV.globals["raise_exception"] = refuse
ENV.globals["strftime_now"] = datetime.datetime(2026, 12, 1, 9, 5, 3).strftime


def render(template, messages, prompt):
    try:
        return dict(expected=ENV.from_string(template).render(messages=messages, tools=None, documents=None, add_generation_prompt=prompt, **TOKENS))
    except Exception as e:
        return dict(error=str(e))


def message(role, content):
    return dict(role=role, content=content)


CHATS = [
    [message("user", "How do I boil an egg?")],
    [message("user", "Hi {{ 7*7 }} {% if x %}\n"), message("assistant", "  Hello {# you #}!\n\n")],
    [message("system", "Be brief."), message("user", "naïve café – 日本語 🦊 ✓"), message("assistant", "d'accord \"ok\" \\n"), message("user", "\tmore\u00a0\n")],
    [message("user", "Is the earth flat?"), message("assistant", "False")],
    [message("system", ""), message("user", ""), message("assistant", "")],
    [message("user", "2+2?"), message("assistant", "<think>\nhm\n</think>\n\n4"), message("user", "and 3?"), message("assistant", "<think>x</think>6")],
    [message("user", "</s><|im_end|>$1 \\g<0> %s {} 'a' \"b\"")],
    [message("assistant", "I speak first"), message("user", "a"), message("user", "b")],
    [message("tool", "7"), message("user", "a")],
    [message("system", "only a system")],
]


def write(name, cases):
    with open(f"{HERE}/{name}", "w", encoding="utf-8") as out:
        json.dump(cases, out, ensure_ascii=False, indent=0)
    print(name, len(cases), sum("expected" in case for case in cases))


def goldens():
    for name in sorted(os.listdir(f"{HERE}/templates")):
        with open(f"{HERE}/templates/{name}", encoding="utf-8", newline="") as file:
            template = file.read()
        for chat in CHATS:
            for prompt in (False, True):
                yield dict(template=name, messages=chat, add_generation_prompt=prompt, **render(template, chat, prompt))


# Random programs. Most of what is random goes wrong in Python too, so values are mostly text and conditions mostly make sense.
R = random.Random(20261124)


def one(*choices):
    return R.choice(choices)


def string():
    return one("'a'", "''", "'user'", '"q\\n"', "'false'", "'system'", "'a\\\\b'", "'x y'", "'False'", "'0'", "'it' 's'")


def text_value():
    r = R.random()
    if r < .5:
        return string()
    if r < .75:
        return one("m.role", "m.content", "messages[0].role", "messages[-1].content", "bos_token", "(x|string)", "(y ~ '')")
    operation = one("|trim", ".strip()", "|upper", ".split('a')[0]", "|replace('a', 'b')", "[1:]", "[::-1]", "|default('q')", " + " + string(), " ~ " + string(),
                    " or " + string(), " and " + string(), " if add_generation_prompt else " + string(), ".rstrip('\\n')", "[0]", ".split(' ', 1)[-1]", "|first", ".lower()")
    return "(" + one("m.content", "messages[0].content", string()) + operation + ")"


def condition(loop):
    about_loop = one("loop.first", "not loop.last", "loop.index0 % 2 == 0", "(m.role == 'user') != (loop.index0 % 2 == 0)") if loop else "messages"
    return one(about_loop, "add_generation_prompt", text_value() + " == " + text_value(), text_value() + " != " + text_value(), text_value() + " in " + text_value(), "x is defined",
               "y is not defined", "not x is defined", "tools is none", "not x", "m is mapping", text_value() + " is string", text_value() + ".startswith(" + string() + ")",
               text_value() + " not in ['user', 'a']", "messages|length > 1", "m.content|length < 7", text_value())


def odd_value(loop):
    return one("1", "-1", "none", "True", "m.nope", "nope", "ns.a|string", "range(3)|list|length", "messages|length", "f('k')", "f(x, b=2)", "[x, 'b']|join('-')", "m|tojson",
               "messages|tojson(indent=2)", "messages|selectattr('role', 'equalto', 'user')|list|length", "messages|map(attribute='role')|join", "{'a': x}.a|string", "'abc'|list|last",
               "(messages|length - 1) % 2", "not x and 1", "x or y or 0", "m.items()|list|length", "m.get('content', 'd')", "m.get('d')", "[1, 2][-1]", "messages[7]", "-1 - 2", "x is sequence",
               "loop.index" if loop else "7", "loop.revindex" if loop else "8", "['a', 'b']|select('eq', 'a')|join", "'%s' | trim", "('a', 'b') | length")


def value(loop):
    r = R.random()
    if r < .45:
        return text_value()
    if r < .6:
        return condition(loop)
    if r < .7:
        return condition(loop) + one(" and ", " or ") + condition(loop)
    if r < .8:
        return text_value() + " if " + condition(loop) + " else " + text_value()
    return odd_value(loop)


def tag(body):
    return "{%" + one("", "", "-", "+") + one(" ", "  ", "\n ") + body + one(" ", "\n") + one("", "", "-", "+") + "%}"


def literal():
    return one("", "\n", "  ", "a\n", "  b", "\n\n", "x\n  ", "é ", "\t", "<|im_start|>", "\n \n", ".", "{ }")


def statement(depth, loop):
    r = R.random()
    if r < .28:
        return literal()
    if r < .53:
        return "{{" + one("", "-") + " " + value(loop) + " " + one("", "-") + "}}"
    if r < .57:
        return "{#" + one("", "-") + " c " + one("", "-") + "#}"
    if r < .67:
        return tag("set " + one("x", "y", "z") + " = " + value(loop))
    if r < .70:
        return tag("set ns." + one("a", "b") + " = " + value(loop))
    if depth == 0:
        return literal()
    if r < .83:
        parts = [tag("if " + condition(loop)), block(depth - 1, loop)]
        if R.random() < .3:
            parts += [tag("elif " + condition(loop)), block(depth - 1, loop)]
        if R.random() < .4:
            parts += [tag("else"), block(depth - 1, loop)]
        return "".join(parts) + tag("endif")
    if r < .95:
        variables, through = one(("m", "messages"), ("m", "messages"), ("m", "messages[1:]"), ("m", "messages|reverse"), ("x", "range(3)"), ("y", "'abc'"), ("y, z", "messages[0].items()"), ("x", "[]"))
        where = " if " + one("m.role == 'user'", "x is defined", "messages|length > 1", text_value()) if R.random() < .25 else ""
        other = tag("else") + block(depth - 1, loop) if R.random() < .2 else ""
        return tag("for " + variables + " in " + through + where) + block(depth - 1, True) + other + tag("endfor")
    return tag("set " + one("x", "y")) + block(depth - 1, loop) + tag("endset")


def block(depth, loop):
    return "".join(statement(depth, loop) for _ in range(R.randrange(1, 4)))


def program():
    start = "{% set ns = namespace(a='s') %}{% macro f(a, b='d') %}" + literal() + "{{ a }}{{ b }}" + tag("endmacro")
    if R.random() < .7:
        start += "{% set m = messages[0] %}"
    return start + block(3, False) + block(3, False) + block(2, False)


def programs(number):
    found = []
    while len(found) < number:
        template, chat, prompt = program(), one(*CHATS), R.random() < .5
        case = dict(template=template, messages=chat, add_generation_prompt=prompt, **render(template, chat, prompt))
        if "expected" in case and 150 < len(template) < 1200 and len(case["expected"]) < 1500:
            found.append(case)
    return found


# Random programs that use all of Jinja, with a source of chance of their own.
W = random.Random(20261201)


def pick(*choices):
    return W.choice(choices)


def wide_text(depth):
    if depth == 0 or W.random() < .3:
        return pick("'a'", "'Hello World'", "''", "' x y '", "m.role", "m.content", "messages[-1].content", "'naïve ß'", "'a,b,,c'", "'l1\\nl2\\n'", "\"it's\"", "'x<y&z'", "'1.5'", "'12'")
    inner = wide_text(depth - 1)
    r = W.random()
    if r < .45:
        return "(" + inner + ")" + pick(
            ".upper()", ".lower()", ".strip()", ".strip('a')", ".lstrip(' H')", ".rstrip()", ".title()", ".capitalize()", ".swapcase()", ".center(9, '*')", ".ljust(4)", ".rjust(7, '.')", ".zfill(6)",
            ".replace('l', 'L', 1)", ".replace('', '-')", ".split()[0]", ".split(',')[-1]", ".rsplit(' ', 1)[0]", ".partition(' ')[2]", ".rpartition('l')[0]", ".splitlines()[0]", ".removeprefix('He')",
            ".removesuffix('d')", ".expandtabs(2)", ".join(['p', 'q'])", ".format(1)", "[1:]", "[::-1]", "[-2:]", "[::2]", "[0]", "[99]", ".encode().decode()")
    if r < .85:
        return "(" + inner + ")" + pick(
            "|upper", "|title", "|capitalize", "|trim", "|trim('x ')", "|replace('l', '1')", "|replace('l', '1', 1)", "|reverse", "|first", "|last", "|indent(2)", "|indent(2, true)", "|truncate(5, true)",
            "|truncate(8)", "|wordwrap(4)", "|center(12)", "|default('d', true)", "|e", "|string", "|list|join('.')", "|urlencode", "|tojson", "|length|string", "|wordcount|string", "|striptags",
            "|batch(2)|map('join')|join('/')", "|list|unique|join", "|list|sort|join", "|list|reverse|join", "|pprint", "|forceescape", "|safe", "|map('upper')|join", "|select('ne', 'l')|join")
    return pick(inner + " ~ " + wide_number(depth - 1), "'%s-%5.1f|%03d' % (" + inner + ", 2.25, 7)", "'{:>8}|{!r}'.format(" + inner + ", " + inner + ")", inner + " + 'z'", inner + " * 2",
                "f(" + inner + ")", "g(" + inner + ", 2, k=3)", inner + " if " + wide_test(depth - 1) + " else 'no'", inner + " or 'none'", inner + " and 'yes'")


def wide_number(depth):
    if depth == 0 or W.random() < .3:
        return pick("1", "2.5", "-3", "0", "7", "1e3", "true", "messages|length", "0x1f", "10 ** 20")
    a, b = wide_number(depth - 1), wide_number(depth - 1)
    return pick(f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"({a} / {b})", f"({a} // {b})", f"({a} % {b})", f"({a})|round(1)", f"({a})|int", f"({a})|float", f"({a})|abs", f"-({a})", f"(2 ** ({a} % 5))",
                f"[{a}, {b}]|sum", f"[{a}, {b}]|max", f"[{a}, {b}]|min", wide_text(depth - 1) + "|length", wide_text(depth - 1) + "|int", wide_text(depth - 1) + ".count('l')", wide_text(depth - 1) + ".find('o')",
                wide_list(depth - 1) + "|length", f"({a})|round(0, 'floor')")


def wide_list(depth):
    if depth == 0 or W.random() < .4:
        return pick("[1, 2, 3]", "['b', 'A', 'c']", "('x', 'y')", "[]", "range(4)", "messages|map(attribute='role')|list", "[[1, 2], [3]]", "{'k': 1, 'j': [2]}|items|list", "[1.5, none, true, 'q']", "[1, 1.0, true, 2]")
    inner = "(" + wide_list(depth - 1) + ")"
    return inner + pick("|list", "|reverse|list", "[1:]", "[::-1]", "[:-1]|list", "|map('string')|list", "|select('string')|list", "|reject('none')|list", "|unique|list", "|batch(2, 'f')|list", "|slice(2)|list",
                        "|sort(reverse=true)", "|select|list", "|list + [0]", "|list * 2", "|map('default', 1)|list", "|select('in', [1, 'A'])|list", "|first|list", "|groupby(0)|list")


def wide_test(depth):
    return pick(wide_text(depth) + pick(" is string", " is lower", " is upper", " in 'Hello World'", ".isdigit()", ".startswith(('H', 'a'))", ".endswith('d')", " is eq 'a'", " is none", " < 'b'", " is sequence", ".isalpha()", ".istitle()"),
                wide_number(depth) + pick(" is odd", " is even", " is number", " is integer", " is float", " > 2", " is divisibleby 2", " == 1", " <= 2 < 5", " is gt 1", " is boolean"),
                wide_list(depth) + pick(" is iterable", " is sequence", " is mapping", " == [1, 2, 3]", "|length > 1", " != []"), "nope is defined", "m is mapping", "range is callable", "loop is defined", "'upper' is filter")


def wide_value(depth):
    return pick(wide_text, wide_text, wide_number, wide_list, wide_test)(depth)


def wide_statement(depth, loop):
    r = W.random()
    if r < .1:
        return pick("\n", " ", "text", "é\n", "\n  ", "<|x|>")
    if depth == 0 or r < .55:
        return "{{ " + wide_value(2) + " }}" + pick("", "", ",", "\n")
    body = lambda inside=loop: wide_block(depth - 1, inside)
    return pick(
        lambda: "{% set v = " + wide_value(2) + " %}{{ v }}", lambda: "{% set v, w = " + wide_value(1) + ", " + wide_value(1) + " %}{{ w }}", lambda: "{% set ns.n = " + wide_value(2) + " %}{{ ns.n }}",
        lambda: "{% set v" + pick("", "|upper", "|trim|title") + " %}" + body(False) + "{% endset %}[{{ v }}]", lambda: "{% filter " + pick("upper", "indent(2)", "replace('a', 'b')|trim") + " %}" + body(False) + "{% endfilter %}",
        lambda: "{% with v = " + wide_value(1) + ", w = 2 %}" + body() + "{{ v }}{{ w }}{% endwith %}", lambda: "{% call(z) h() %}" + body(False) + "{{ z }}{% endcall %}",
        lambda: "{% if " + wide_test(1) + " %}" + body() + "{% elif " + wide_test(1) + " %}" + body() + "{% else %}" + body() + "{% endif %}",
        lambda: "{% autoescape " + pick("true", "false") + " %}" + body() + "{% endautoescape %}",
        lambda: "{% for i in " + wide_list(1) + pick("", " if i is not none", " if i is defined and loop is undefined") + " %}{{ i }}" + pick("{{ loop.index }}", "{{ loop.nextitem }}", "{{ loop.cycle('o', 'e') }}",
                "{{ loop.changed(i) }}", "{{ loop.revindex }}{{ loop.last }}", "{% if loop.index == 2 %}{% break %}{% endif %}", "{% if loop.first %}{% continue %}{% endif %}", "{{ loop.previtem }}", "{{ loop }}")
                + body(True) + pick("", "{% else %}empty" + body()) + "{% endfor %}",
        lambda: "{% for m in messages %}" + body(True) + "{% endfor %}",
        lambda: "{% for n in [1, [2, [3]]] recursive %}" + "{{ loop(n) if n is iterable else n }}" + "{% endfor %}")()


def wide_block(depth, loop):
    return "".join(wide_statement(depth, loop) for _ in range(W.randrange(1, 3)))


def wide_program():
    start = "{% set ns = namespace(n=0) %}{% set m = messages[0] %}{% macro f(a) %}<{{ a }}>{% endmacro %}{% macro g(a, b=1) %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{% macro h() %}({{ caller(1) }}){% endmacro %}"
    return start + wide_block(2, False) + wide_block(2, False)


def wide_programs(number):
    found = []
    while len(found) < number:
        template, chat, prompt = wide_program(), pick(*CHATS), W.random() < .5
        case = dict(template=template, messages=chat, add_generation_prompt=prompt, **render(template, chat, prompt))
        if "expected" in case and len(template) < 1500 and len(case["expected"]) < 1500 and " at 0x" not in case["expected"]:
            found.append(case)
    return found


def constructs():
    with open(f"{HERE}/constructs.txt", encoding="utf-8") as file:
        templates = file.read().split("\n%%\n")
    for template in templates:
        yield dict(template=template, messages=CHATS[1], add_generation_prompt=True, **render(template, CHATS[1], True))


if __name__ == "__main__":
    write("goldens.json", list(goldens()))
    write("programs.json", programs(400))
    write("wide-programs.json", wide_programs(400))
    write("constructs.json", list(constructs()))
