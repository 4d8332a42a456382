"""What jinja2 makes of chat templates: goldens.json for published templates, programs.json for random ones.

  pip install jinja2==3.1.6; python generate.py

The templates in templates/ have the form that the checkpoints of their names were published with, tool descriptions shortened. The settings
are those of transformers: trim_blocks, lstrip_blocks, a sandbox, tools and documents None, tojson without escapes, raise_exception,
and {% generation %} as a mark without effect.
"""
import json, os, random
import jinja2, jinja2.ext, jinja2.sandbox

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENS = dict(bos_token="<s>", eos_token="</s>")


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


ENV = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
ENV.filters["tojson"] = lambda x, indent=None: json.dumps(x, ensure_ascii=False, indent=indent)
ENV.globals["raise_exception"] = refuse


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


if __name__ == "__main__":
    write("goldens.json", list(goldens()))
    write("programs.json", programs(400))
