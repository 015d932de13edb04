"""Word files made in code, as the many programs that write them do."""

import zipfile
from io import BytesIO

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
OTHER_NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*pieces: str) -> str:
    """A paragraph of texts; a piece that is markup stays so."""
    return "<w:p>" + "".join(piece if piece.startswith("<") else run(piece) for piece in pieces) + "</w:p>"


def cell(*blocks: str, properties: str = "") -> str:
    inner = "".join(block if block.startswith("<") else p(block) for block in blocks) or p()
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inner = "".join(each if each.startswith(("<w:tc>", "<w:sdt>")) else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def document(*blocks: str, namespace: str = W) -> str:
    body = "".join(block if block.startswith("<") else p(block) for block in blocks)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{namespace}" {OTHER_NAMESPACES}>'
        f"<w:body>{body}<w:sectPr/></w:body></w:document>"
    )


def zipped(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def docx(*blocks: str, namespace: str = W, **more: str) -> bytes:
    """A file of these blocks; `more` are further parts of word/, without their ending."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": document(*blocks, namespace=namespace),
    }
    return zipped({**parts, **{f"word/{name}.xml": content for name, content in more.items()}})


ORGANISATION = "行业、街镇、直属工会：殷行街道总工会"
TITLE = row("实事项目名称", "午间健身课")
SUMMARY = row(cell("简介（可以从项目内容、服务对象及规模等相关方面来阐述）：", "请教练来园区，每周两次。"))
OUTCOME = row(cell("预期目标或成效：", "一年五十次。"))
EVALUATION = row(cell("对2017年度杨浦工会服务职工实事项目评估（见附件3）：", "第2项很好。"))
FOOTER = "填表人：张三          联系电话：13800001111             填表日期：2017年12月5日"

VALUES = {
    "organisation": "殷行街道总工会",
    "title": "午间健身课",
    "summary": "请教练来园区，每周两次。",
    "expected_outcome": "一年五十次。",
    "evaluation": "第2项很好。",
    "filler": "张三",
    "phone": "13800001111",
    "date": "2017-12-05",
}
