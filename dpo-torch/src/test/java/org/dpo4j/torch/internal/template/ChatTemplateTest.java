package org.dpo4j.torch.internal.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.Message;
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
        "a||{{ 'x }} ; line 3: the string that begins here must end",
        "{{ 'a' $ }} ; line 1: '$' is not part of an expression",
        "{{ 1.5 }} ; line 1: only whole numbers below a billion are supported, got 1…",
        "{{ '\\ud800' }} ; line 1: a string must hold whole characters, got the escape d800",
        "{{ '\\N{DASH}' }} ; line 1: the escape \\N is not supported",
        "{{ (1] }} ; line 1: ']' closes nothing",
        "{{ }} ; line 1: the end of the tag does not belong here",
        "{{ 'a' 1 }} ; line 1: '1' does not belong here",
        "{{ a.0 }} ; line 1: a name is wanted, not '0'",
        "{{ 1 < 2 < 3 }} ; line 1: comparisons in a chain are not supported",
        "{{ x is string is none }} ; line 1: tests cannot be chained",
        "{{ (x)(1) }} ; line 1: only functions, macros and methods can be called",
        "{{ range(a=1, 2) }} ; line 1: an argument without a name must not come after one with a"
            + " name",
        "{% if x %}|{% for m in x %} ; line 2: the for that begins here must end",
        "{% endif %} ; line 1: endif must belong to an open if",
        "{% for m in messages %}{% endif %} ; line 1: endif must belong to an open if",
        "{% else %} ; line 1: else must belong to an if or a for",
        "|{% include 'a' %} ; line 2: the tag 'include' is not supported",
        "{% import 'a' as b %} ; line 1: the tag 'import' is not supported",
        "{% raw %}{% endraw %} ; line 1: the tag 'raw' is not supported",
        "{% for m in x recursive %}{% endfor %} ; line 1: recursive loops are not supported",
        "{% for m in x if loop.first %}{% endfor %} ; line 1: the condition of a for must not use"
            + " loop",
        "{% for x.y in x %}{% endfor %} ; line 1: 'in' is wanted, not '.'",
        "{% set x %} ; line 1: the set that begins here must end",
        "{% set 1 = 2 %} ; line 1: a name is wanted, not '1'",
        "{% set loop = 2 %} ; line 1: a name is wanted, not 'loop'",
        "{% if x %}{% macro f() %}{% endmacro %}{% endif %} ; line 1: a macro must not be inside of"
            + " another block",
        "{% macro f(a=[]) %}{% endmacro %} ; line 1: a macro's default must be text, a number or a"
            + " constant",
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
        "{% if true %}||{{ messages }}{% endif %} ; line 3: only text and numbers can be printed,"
            + " not a list",
        "{{ 'a' + messages[0].name }} ; line 1: text and undefined cannot be added",
        "{{ 'a' + none }} ; line 1: text and None cannot be added",
        "{{ nope.role }} ; line 1: 'role' is asked of a value that is undefined",
        "{% for m in messages %}|{{ loop.previtem }}{% endfor %} ; line 2: loop.previtem is not"
            + " supported",
        "{{ indent('a', first=true) }} ; line 1: the function 'indent' is not supported",
        "{{ 3 is divisibleby 3 }} ; line 1: the test 'divisibleby' is not supported",
        "{{ 'a'.encode() }} ; line 1: the method 'encode' is not supported",
        "{{ 2 ** 3 }} ; line 1: the operator ** is not supported",
        "{% for m in messages %}{% break %}{% endfor %} ; line 1: break is not supported",
        "{{ 'aXbX'.replace('X', '-', 1) }} ; line 1: a filter, test or method was called with"
            + " arguments that are not supported",
        "{{ [1].append(2) }} ; line 1: the method 'append' is not supported",
        "{% for a, b in messages %}{% endfor %} ; line 1: 2 variables of a for want lists of as many"
            + " elements",
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
        "{% if tools %}{{ tools|xmlattr }}{% endif %}{% for m in messages %}{% endfor %}";

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
    assertThatThrownBy(() -> render("{{ strftime_now('%c') }}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("t.jinja: line 1: strftime_now does not support %c");
  }

  private static String render(String template) {
    return GoldenChats.render(ChatTemplate.of("t.jinja", template, Map.of()), CHAT, false);
  }
}
