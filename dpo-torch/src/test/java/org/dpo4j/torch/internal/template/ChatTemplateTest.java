package org.dpo4j.torch.internal.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, when, and in which words. */
final class ChatTemplateTest {

  private static final List<Message> CHAT = List.of(Message.user("Hi"), Message.assistant("Yo"));

  /** A bar in a template is a line break here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{{ messages ; line 1: the tag that begins here must end with }}",
        "a|{% if x ; line 2: the tag that begins here must end with %}",
        "{# a ; line 1: the comment must end with #}",
        "a|{% raw %}x ; line 2: the raw that begins here must end",
        "a||{{ 'x }} ; line 3: the string that begins here must end",
        "{{ 'a' $ }} ; line 1: '$' is not part of an expression",
        "{{ '\\ud800' }} ; line 1: a string must hold whole characters, got the escape d800",
        "{{ '\\N{NO SUCH}' }} ; line 1: the character named 'NO SUCH' is not known",
        "{{ (1] }} ; line 1: ']' closes nothing",
        "{{ }} ; line 1: the end of the tag does not belong here",
        "{{ 'a' 1 }} ; line 1: '1' does not belong here",
        "{{ a.'b' }} ; line 1: a name is wanted, not 'b'",
        "{{ x is string is none }} ; line 1: tests cannot be chained",
        "{{ range(a=1, 2) }} ; line 1: an argument without a name must not come after one with a"
            + " name",
        "{{ range(a=1, a=2) }} ; line 1: the argument 'a' is given twice",
        "{{ range(**x, *y) }} ; line 1: * and ** must come last among arguments",
        "a|{% filter nosuch %}{% endfilter %} ; line 2: there is no filter 'nosuch'",
        "{{ x is nosuch }} ; line 1: there is no test 'nosuch'",
        "{% if x %}|{% for m in x %} ; line 2: the for that begins here must end",
        "{% endif %} ; line 1: endif must belong to an open if",
        "{% for m in messages %}{% endif %} ; line 1: endif must belong to an open if",
        "{% else %} ; line 1: else must belong to an if or a for",
        "{% if x %}{% else %}|{% elif y %}{% endif %} ; line 2: elif must not come after else",
        "|{% include 'a' %} ; line 2: the tag 'include' is not supported",
        "{% import 'a' as b %} ; line 1: the tag 'import' is not supported",
        "{% break %} ; line 1: break must be inside of a for",
        "{% for x.y in x %}{% endfor %} ; line 1: 'in' is wanted, not '.'",
        "{% set x %} ; line 1: the set that begins here must end",
        "{% set 1 = 2 %} ; line 1: a name is wanted, not '1'",
        "{% set loop = 2 %} ; line 1: a name is wanted, not 'loop'",
        "{% macro f(a=1, b) %}{% endmacro %} ; line 1: the parameter 'b' must have a default, as"
            + " those before it",
        "{% macro f(a, a) %}{% endmacro %} ; line 1: the parameter 'a' is there twice",
        "{% call x %}{% endcall %} ; line 1: a call block must call something",
      })
  void malformed_isRefusedWhenRead(String template, String message) {
    String read = template.replace('|', '\n');

    assertThatThrownBy(() -> ChatTemplate.of("t.jinja", read, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("t.jinja: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "a||{{ raise_exception('Roles must alternate') }} ; line 3: refused by the template: Roles"
            + " must alternate",
        "{% if true %}||{{ messages.items is defined }}{{ messages.copy }}{% endif %} ; line 3: Python prints where a"
            + " function is in memory, which no prompt should hold",
        "{{ 'a' + messages[0].name }} ; line 1: text and undefined cannot be added",
        "{{ 'a' + none }} ; line 1: text and None cannot be added",
        "{{ nope.role }} ; line 1: 'role' is asked of a value that is undefined",
        "{{ nope() }} ; line 1: 'nope' is undefined",
        "{% for m in messages %}|{{ m.role / 2 }}{% endfor %} ; line 2: text and a number have no"
            + " operator /",
        "{% macro f(a) %}|{{ a.b.c }}{% endmacro %}||{{ f({}) }} ; line 2: 'c' is asked of a value"
            + " that is undefined",
        "{% if false %}{% elif|1 < 'a' %}{% endif %} ; line 1: a number and text have no order",
        "{{ [messages[0].content]~''}}{% filter urlize %}{% endfilter %} ; line 1: the filter"
            + " 'urlize' is not supported",
        "{{ 'a'.translate() }} ; line 1: the method 'translate' is not supported",
        "{{ lipsum() }} ; line 1: the function 'lipsum', which is random, is not supported",
        "{% filter random %}ab{% endfilter %} ; line 1: a random choice is not supported",
        "{{ 'a'.replace('X') }} ; line 1: a function, filter, test or method was called with other"
            + " arguments than it has",
        "{{ [1].append(2) }} ; line 1: 'append' would change a value, which a template must not",
        "{% for a, b in [[1, 2, 3]] %}{% endfor %} ; line 1: 2 variables want as many values, got 3",
        "{% set ns = namespace(__a=1) %} ; line 1: a name in a namespace must not begin with _, got"
            + " '__a'",
        "{{ 1 % 0 }} ; line 1: division by zero",
      })
  void failure_namesTheLine(String template, String message) {
    ChatTemplate compiled = ChatTemplate.of("t.jinja", template.replace('|', '\n'), Map.of());

    assertThatThrownBy(() -> GoldenChats.render(compiled, CHAT, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("t.jinja: " + message);
  }

  @Test
  void unsupportedWhereNoChatGets_isNoHindrance() {
    String template =
        "{% if tools %}{{ tools|urlize }}{% endif %}{% for m in messages %}{% endfor %}";

    assertThat(render(template + "{{ messages|length }}")).isEqualTo("2");
  }

  @Test
  void textFalse_isTrue() {
    List<Message> chat = List.of(Message.user("False"));
    String template = "{% if messages[0].content %}{{ messages[0].content or 'empty' }}{% endif %}";

    assertThat(GoldenChats.render(ChatTemplate.of("t", template, Map.of()), chat, false))
        .isEqualTo("False");
  }

  @Test
  void severalThreads_writeWhatOneWrites() throws Exception {
    ChatTemplate template = GoldenChats.published("qwen3.jinja");
    List<List<Message>> chats =
        IntStream.range(0, 50).mapToObj(i -> List.of(Message.user("Question " + i))).toList();
    List<String> alone =
        chats.stream().map(chat -> GoldenChats.render(template, chat, true)).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<String>>> together =
          IntStream.range(0, 4)
              .mapToObj(
                  i ->
                      threads.submit(
                          () ->
                              chats.stream()
                                  .map(chat -> GoldenChats.render(template, chat, true))
                                  .toList()))
              .toList();
      for (Future<List<String>> one : together) {
        assertThat(one.get()).isEqualTo(alone);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void dates_areWrittenInEnglish() {
    LocalDateTime time = LocalDateTime.of(2025, 7, 3, 14, 5, 9);

    assertThat(Clocks.at(time, "%d %b %Y, %A %B %j")).isEqualTo("03 Jul 2025, Thursday July 184");
    assertThat(Clocks.at(time, "%H:%M:%S %I %p %y %m %a %%"))
        .isEqualTo("14:05:09 02 PM 25 07 Thu %");
    assertThat(render("{{ strftime_now('%Y')|length }}")).isEqualTo("4");
    assertThat(Clocks.at(time, "%c|%D|%F|%e|%-d|%_d|%U|%W|%V|%w|%u|%T"))
        .isEqualTo("Thu Jul  3 14:05:09 2025|07/03/25|2025-07-03| 3|3| 3|26|26|27|4|4|14:05:09");
    assertThat(render("{{ strftime_now('%d %b %Y') }}")).isEqualTo("01 Dec 2026");
    assertThatThrownBy(() -> render("{{ strftime_now('%Q') }}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("t.jinja: line 1: strftime_now does not support %Q");
  }

  @Test
  void chat_isSeenAsTransformersShowsIt() {
    Message call =
        new Message(
            "assistant",
            "",
            Optional.of("hm"),
            ImmutableMap.of(
                "tool_calls", "[{\"id\": 1, \"cost\": 1.0, \"big\": 12345678901234567890}]"));
    Text.Chat chat =
        new Text.Chat(
            ImmutableList.of(Message.user("Hi"), call),
            Optional.of("[{\"name\": \"f\", \"n\": 1e2}]"),
            ImmutableMap.of("enable_thinking", "false", "eos_token", "\"E\""));
    ChatTemplate template =
        ChatTemplate.of(
            "t.jinja",
            "{{ messages }}|{{ tools | tojson }}|{{ enable_thinking is false }}|{{ eos_token }}|{{"
                + " documents }}|{{ add_generation_prompt }}",
            Map.of("eos_token", "</s>"));

    assertThat(template.render(chat, true, LocalDateTime.of(2026, 12, 1, 0, 0)))
        .isEqualTo(
            "[{'role': 'user', 'content': 'Hi'}, {'thinking': 'hm', 'role': 'assistant', 'content':"
                + " '', 'tool_calls': [{'id': 1, 'cost': 1.0, 'big': 12345678901234567890}],"
                + " 'reasoning': 'hm', 'reasoning_content': 'hm'}]|[{\"name\": \"f\", \"n\":"
                + " 100.0}]|True|E|None|True");
  }

  @ParameterizedTest
  @CsvSource({
    "[1,",
    "[1] 2",
    "{'a': 1}",
    "NaN",
  })
  void tools_thatAreNotJson_areRefused(String tools) {
    Text.Chat chat =
        new Text.Chat(ImmutableList.of(Message.user("Hi")), Optional.of(tools), ImmutableMap.of());
    ChatTemplate template = ChatTemplate.of("t.jinja", "{{ tools }}", Map.of());

    assertThatThrownBy(() -> template.render(chat, true, LocalDateTime.of(2026, 12, 1, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tools must be ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{{ x }} ; true",
        "{% if false %}{{ x }}{% endif %} ; true",
        "{% if x is defined %}{% set y = x %}{% endif %} ; true",
        "{% if not x is defined %}{% set x = 1 %}{% endif %}{{ x }} ; true",
        "{% for m in messages if m.role == x %}{% endfor %} ; true",
        "{% macro f(a, b=x) %}{% endmacro %} ; true",
        "{% if c %}{% set x = 1 %}{% endif %}{{ x }} ; true",
        "{% for x in messages %}{% endfor %}{{ x }} ; true",
        "{{ y }} ; false",
        "{{ y.x }}{{ y['x'] }}{{ f(x=1) }} ; false",
        "{# x #}{% raw %}{{ x }}{% endraw %} ; false",
        "{% set x = 1 %}{{ x }} ; false",
        "{% for x in messages %}{{ x }}{% endfor %} ; false",
        "{% macro f(x) %}{{ x }}{% endmacro %} ; false",
        "{% with x = 1 %}{{ x }}{% endwith %} ; false",
      })
  void mentions_saysWhetherAVariableFromOutsideIsRead(String template, boolean expected) {
    assertThat(ChatTemplate.of("t.jinja", template, Map.of()).mentions("x")).isEqualTo(expected);
  }

  private static String render(String template) {
    return GoldenChats.render(ChatTemplate.of("t.jinja", template, Map.of()), CHAT, false);
  }
}
