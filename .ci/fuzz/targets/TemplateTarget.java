import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.internal.template.ChatTemplate;

/** Any text is a template that writes what no Java object said, or is refused. */
public final class TemplateTarget {

  private static final Text.Chat CHAT =
      (Text.Chat) Text.of(List.of(Message.system("Be brief."), Message.user("Hello?")));

  private TemplateTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    try {
      String text =
          ChatTemplate.of("fuzz", new String(input, StandardCharsets.UTF_8), Map.of("eos_token", "</s>"))
              .render(CHAT, true, LocalDateTime.of(2026, 12, 1, 12, 0));
      if (text.contains("org.dpo4j") || text.contains("java.lang.")) {
        throw new AssertionError("shows Java: " + text);
      }
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a refusal says why", e);
      }
    }
  }
}
