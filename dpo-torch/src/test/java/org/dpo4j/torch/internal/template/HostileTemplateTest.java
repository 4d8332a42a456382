package org.dpo4j.torch.internal.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.dpo4j.core.backend.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a template that was written to do harm cannot do. */
final class HostileTemplateTest {

  private static final String MANY = "{% for i in range(100000) %}{% for j in range(99) %}";
  private static final String END = "{% endfor %}{% endfor %}";
  private static final String GROW =
      "{% for i in range(19) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}";
  private static final List<Message> CHAT = List.of(Message.user("Hi"), Message.assistant("Yo"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ messages.getClass() }}",
        "{{ ''.getClass().forName('java.lang.Runtime') }}",
        "{{ ''.class }}{{ ''['class'] }}{{ messages['class'] }}{{ messages.class }}",
        "{{ messages[0].__class__.__mro__ }}",
        "{{ ''.format.__globals__ }}{{ ''.join.__self__ }}",
        "{{ '{0.__class__}'.format(messages) }}",
        "{{ 'filter:'|x }}",
        "{{ messages|map(attribute='__class__')|join }}{{ messages|attr('getClass') }}",
        "{{ namespace.__init__.__globals__ }}",
        "{% for k, v in loop.items() %}{{ k }}{% endfor %}",
        "{% for m in messages %}{{ loop.doBreak() }}{{ loop.class }}{% endfor %}",
        "{{ range.getClass() }}",
        "{% include '/etc/passwd' %}",
        "{% from '/etc/passwd' import x %}",
        "{% extends 'http://localhost/' %}",
        "{% do messages.clear() %}",
        "{{ messages.append(1) }}",
        "{% set messages[0] = 1 %}",
        "{{ request }}{{ config }}{{ self.x }}{{ cycler }}{{ lipsum() }}",
        "{% set x = 'a' %}{{ x.bytes }}{{ x.value }}{{ x.toString() }}",
        "{% set x.y = 1 %}",
      })
  void javaBehindTheTemplate_isOutOfReach(String template) {
    String written;
    try {
      written = render(template);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("t.jinja: line 1: ");
      return;
    }
    assertThat(written).isEmpty();
  }

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(
      strings = {
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor"
            + " %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x ~"
            + " ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{%"
            + " endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{%"
            + " endfor %}{{ ns.x|tojson }}",
        "{% set x = 'aaaaaaaaaaaaaaaaaaaa' %}{% set x = x.replace('a', x).replace('a',"
            + " x).replace('a', x).replace('a', x).replace('a', x).replace('a', x).replace('a',"
            + " x) %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaa' }}{%"
            + " endfor %}{% endfor %}",
        "{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f('a') }}",
        "{% macro f() %}{{ g() }}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{{ f() }}{%"
            + " endmacro %}{{ f() }}",
        "{{ range(100000000)|length }}",
        "{{ range(999999999)|list|length }}",
      })
  void endlessTemplate_isEnded(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(?s)t.jinja: line 1: .+");
  }

  /** Each ended the JVM, or never ended, when another engine ran templates. */
  @ParameterizedTest
  @Timeout(60)
  @ValueSource(
      strings = {
        "{% for i in range(16) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for i in range(999) %}{{"
            + " (ns.s[:500000] ~ 'b') in ns.s }}{{ ns.s.find(ns.s[:500000] ~ 'b') }}{% endfor %}",
        "{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor"
            + " %}{{ ns.l == ns.m }}",
        "{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor"
            + " %}{{ [ns.l]|select('equalto', ns.m)|list|length }}",
        "{% for i in range(60) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {'a': 1}.get(ns.l) }}",
        "{% for i in range(60) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ ns.l in {'a': 1} }}",
        "{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l in [ns.m, [ns.l]][1:] or ns.l[0]|string }}",
        "{% for i in range(45) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% for i in range(45) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% for i in range(18) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for i in range(12) %}{%"
            + " set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l|join(ns.s)|length }}",
        "{% for i in range(18) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for i in range(12) %}{%"
            + " set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.s.join(ns.l)|length }}",
        "{% for i in range(19) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s.split('a')|length"
            + " }}",
        "{% for i in range(19) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s|list|length }}",
        "{% for i in range(19) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for c in ns.s %}{%"
            + " endfor %}",
        "{% for i in range(19) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% set q = [ns.s, ns.s,"
            + " ns.s] %}{{ [q, q, q, q, q, q, q]|tojson|length }}",
        "{{ range(0 - 2 ** 63, 2 ** 63)|length }}",
        "{% set ns.v = 3 %}{% for i in range(99) %}{% set ns.v = ns.v * ns.v %}{% endfor %}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ 'a' * 999999999 }}{{ [1] * 999999999 }}",
        "{{ 'a'.center(999999999) }}{{ '%999999999d' % 1 }}{{ '{:999999999}'.format(1) }}",
        "{{ ns.s.replace('', ns.s * 100000) }}{{ 'a'|indent(999999999, true) }}",
        "{{ [[1]]|batch(999999999, 1)|list }}{{ [1]|slice(999999999)|list }}",
        "{% for a in range(10000) %}{% for b in range(10000) %}{% if false %}{% endif %}{% endfor"
            + " %}{% endfor %}",
        "{% set ns.f = ns %}{{ ns }}",
        "{% for x in ns.l recursive %}{{ loop(ns.l) }}{% endfor %}",
        "{% macro f() %}{% call f() %}{% endcall %}{{ caller }}{% endmacro %}{{ f() }}",
        "{{ range(0, 2 ** 63 - 1, 2 ** 63 - 6)[::2 ** 31 - 1][::2 ** 31 - 1]|length }}{{ 1 // 0 }}",
        "{% set ns.r = range(1) %}" + MANY + "{% set ns.r = ns.r[::2 ** 31 - 1] %}" + END,
        "{% set ns.v = 3 ** 9000 %}" + MANY + "{{ (ns.v * ns.v > 1) and ns.v // 7 }}" + END,
        "{% set ns.v = 3 ** 4400 %}" + MANY + "{% set x = ns.v * ns.v // ns.v %}" + END,
        MANY + "{% set x = 3 ** 9000 %}" + END,
        MANY + "{{ '{:,}'.format(3 ** 9000) is none }}" + END,
        MANY + "{{ 5e-324 }}" + END,
        MANY + "{{ '%.900f'|format(5e-324) is none }}" + END,
        "{% set ns.l = [5e-324] * 900000 %}" + MANY + "{{ 5e-323 in ns.l or 7 in ns.l }}" + END,
        GROW + MANY + "{{ ns.s is lower }}" + END,
        GROW + MANY + "{% set ns.l = ns.l[-900:] + [ns.l[ns.s]] %}{% set x = {}[ns.s] %}" + END,
        GROW + MANY + "{% set ns.l = ns.l + [ns.s[1:]] %}" + END,
        GROW + MANY + "{% set ns.l = ns.l + [ns.s.lstrip('b') ~ '', ' b'.lstrip()] %}" + END,
        GROW + "{{ ' a b c d'|wordwrap(1, true, ns.s) }}{{ ns.s|wordwrap(1) }}",
        GROW + "{{ [{}]|map(attribute=ns.s.replace('a', '.'))|list }}",
        GROW + "{{ [{}]|sort(attribute=ns.s.replace('a', ','))|list }}",
        GROW + MANY + "{{ ns.s[:9]|indent(1) }}{{ (ns.s ~ '%s') % 1 }}" + END,
        MANY + "{{ strftime_now('%c' * 500) is none }}" + END,
        "{% set t = (1, 2) * 200000 %}" + MANY + "{% set ns.l = ns.l + [cycler(*t)] %}" + END,
        "{% macro m() %}{{ 'a' }}{{ 'b' }}{{ 'c' }}{% endmacro %}" + MANY + "{{ {m: 1}[m] }}" + END,
        MANY + "{{ x or x or x or x or x or x or x or x or x or x or x or x or x }}" + END,
        "{{ ('0' * 9000)|int(0, 0) + 1 // 0 }}",
      })
  void costlyTemplate_isEndedBeforeItCosts(String template) {
    String start = "{% set ns = namespace(s='aaaaaaaaaaaaaaaa', l=['a'], m=['a']) %}";

    assertThatThrownBy(() -> render(start + template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(?s)t.jinja: line 1: .+")
        .hasMessageNotContaining("seconds");
  }

  @Test
  void refusalOfATemplate_isShownEscaped() {
    assertThatThrownBy(() -> render("{{ raise_exception('a\\x1b[2Jb\\u202ec\\x9bd') }}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("t.jinja: line 1: refused by the template: a\\u001b[2Jb\\u202ec\\u009bd");
    assertThatThrownBy(() -> render("{{ a|\u202eb }}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("\u202e");
    assertThatThrownBy(() -> render("{% \u00e4\u001b\u009b %}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("\u009b");
  }

  @Test
  void templateThatTakesTooLong_isEndedByTheClock() {
    AtomicLong now = new AtomicLong();
    Budget budget = new Budget(now::get);

    budget.spend(1_000_000);
    now.set(10_000_000_000L);
    budget.spend(1_000_000);
    now.set(10_000_000_001L);

    assertThatThrownBy(() -> budget.spend(1_000_000))
        .isInstanceOf(Halt.class)
        .hasMessage("the template takes more than 10 seconds of the processor's time");
  }

  /** All that is allowed may be more than a small heap has: then it is a refusal, and no Error. */
  @Test
  @Timeout(120)
  void templateThatWantsMoreMemoryThanThereIs_isRefusedAndNoError() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName())
            .redirectErrorStream(true)
            .start();

    assertThat(process.inputReader(UTF_8).lines())
        .anyMatch(line -> line.endsWith("more memory than there is"))
        .allMatch(line -> line.startsWith("t.jinja: line 1: ") || line.equals("rendered"));
    assertThat(process.waitFor()).isZero();
  }

  /** Renders in a JVM of its own. */
  static final class SmallHeap {
    public static void main(String[] arguments) {
      String start = "{% set ns = namespace(s='aaaaaaaaaaaaaaaa', l=[], t=()) %}";
      for (String template :
          List.of(
              GROW + "{% for i in range(9) %}{% set ns.l = ns.l + [ns.s ~ i] %}{% endfor %}",
              "{% for i in range(15) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{% for c in ns.s %}"
                  + "{% set ns.t = (ns.t, c ~ 'é') %}{% endfor %}",
              "{{ 1 }}")) {
        try {
          String unused = render(start + template);
          System.out.println("rendered");
        } catch (IllegalArgumentException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @Test
  @Timeout(60)
  void deepTemplate_isRefused() {
    for (String template :
        List.of(
            "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}",
            "{{ " + "not ".repeat(5000) + "1 }}",
            "{{ " + "[".repeat(5000) + "]".repeat(5000) + " }}",
            "{{ " + "-".repeat(5000) + "1 }}",
            "{% if x %}".repeat(5000) + "{% endif %}".repeat(5000),
            "{{ x" + "[0".repeat(5000) + "]".repeat(5000) + " }}",
            "{{ x" + ".a".repeat(50_000) + " }}",
            "{{ 1" + " + 1".repeat(30_000) + " }}",
            "{{ 'a'" + "|trim".repeat(30_000) + " }}",
            "{{ 1" + " or 1".repeat(30_000) + " }}",
            "{{ 1" + " is eq 1".repeat(20_000) + " }}",
            "{{ 1 }}".repeat(20_001),
            "{% set " + "(".repeat(5000) + "a" + ")".repeat(5000) + " = 1 %}",
            "a".repeat(200_001))) {
      assertThatThrownBy(() -> render(template))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("(?s)t.jinja: line 1: .+");
    }
  }

  @Test
  @Timeout(60)
  void longTemplate_isRendered() {
    assertThat(render("{{ 1 }}".repeat(20_000))).hasSize(20_000);
    assertThat(render("{% if 0 %}" + "{% elif 0 %}".repeat(10_000) + "{% endif %}")).isEmpty();
    assertThat(render("{{ [" + "1, ".repeat(30_000) + "]|length }}")).isEqualTo("30000");
    assertThat(render("{{ '" + "a\\n".repeat(50_000) + "' }}")).hasSize(100_000);
  }

  @Test
  @Timeout(120)
  void damagedTemplate_rendersOrIsRefused() {
    List<String> templates =
        List.of("qwen3.jinja", "llama31.jinja", "mistral_v3.jinja", "gemma3.jinja", "hermes.jinja");
    Random random = new Random(7);
    int rendered = 0;
    for (int round = 0; round < 1000; round++) {
      String name = templates.get(random.nextInt(templates.size()));
      String damaged = damaged(GoldenChats.text("templates/" + name), random);
      try {
        String unused =
            GoldenChats.render(
                ChatTemplate.of("t.jinja", damaged, GoldenChats.TOKENS),
                CHAT,
                random.nextBoolean());
        rendered++;
      } catch (IllegalArgumentException e) {
        assertThat(e).as(damaged).hasMessageMatching("(?s)t.jinja: line \\d+: .+");
      }
    }
    assertThat(rendered).isBetween(50, 950);
  }

  private static String damaged(String template, Random random) {
    List<String> parts =
        List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "'",
            "\"",
            "(",
            ")",
            "[",
            "]",
            "|",
            ".",
            "if ",
            "not ",
            "-",
            "{% endif %}",
            "{% for x in messages %}",
            "{% endfor %}",
            "loop",
            "messages",
            "\n",
            "\\",
            "\0",
            "é",
            "{#",
            "#}",
            " is ",
            "~",
            "none",
            "{% set x = 1 %}");
    StringBuilder text = new StringBuilder(template);
    for (int change = random.nextInt(4); change >= 0; change--) {
      int at = random.nextInt(text.length() - 20);
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, at + random.nextInt(20));
        case 1 -> text.insert(at, text.substring(at, at + random.nextInt(20)));
        default -> text.insert(at, parts.get(random.nextInt(parts.size())));
      }
    }
    return text.toString();
  }

  private static String render(String template) {
    return GoldenChats.render(ChatTemplate.of("t.jinja", template, Map.of()), CHAT, false);
  }
}
